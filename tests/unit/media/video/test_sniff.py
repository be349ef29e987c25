"""The first bytes: what is plainly not a recording never reaches ffmpeg."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.video.errors import RefusalCode, Refused
from media.video.sniff import refuse_other_things, verdict


@pytest.mark.parametrize(
    ("head", "code"),
    [
        (b"", RefusalCode.EMPTY_FILE),
        (b"\x00\x00\x00\x20ftypisom", None),
        (b"\x00\x00\x00\x14ftypqt  ", None),
        (b"\x00\x00\x00\x18ftyp3gp4", None),
        (b"\x00\x00\x00\x08wide\x00\x00\x00\x00mdat", None),
        (b"\x1a\x45\xdf\xa3\x9fB\x86\x81", None),
        (b"OggS\x00\x02", None),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", RefusalCode.PICTURE),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", RefusalCode.PICTURE),
        (b"GIF89a\x01\x00", RefusalCode.PICTURE),
        (b"RIFF\x00\x01\x00\x00WEBPVP8 ", RefusalCode.PICTURE),
        (b"\x00\x00\x00\x18ftypheic\x00\x00", RefusalCode.PICTURE),
        (b"\x00\x00\x00\x18ftypavif\x00\x00", RefusalCode.PICTURE),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", RefusalCode.PICTURE),
        (b"<?xml version='1.0'?>\n<!DOCTYPE svg [<!ENTITY x SYSTEM 'a'>]><svg/>", "picture"),
        (b"#EXTM3U\n#EXT-X-VERSION:3\n", RefusalCode.PLAYLIST),
        (b"\xef\xbb\xbf\r\n#extm3u\n", RefusalCode.PLAYLIST),
        (b"ffconcat version 1.0\nfile other.mp4\n", RefusalCode.PLAYLIST),
        (b"<?xml version='1.0'?><MPD xmlns='urn:mpeg:dash'>", RefusalCode.PLAYLIST),
        (b"[playlist]\nFile1=http://example.org/a\n", RefusalCode.PLAYLIST),
        (b"Beste mevrouw, hierbij mijn opname.", RefusalCode.NOT_MEDIA),
        (b"%PDF-1.7\n", RefusalCode.NOT_MEDIA),
        (b"RIFF\x00\x01\x00\x00AVI LIST", RefusalCode.NOT_MEDIA),
        (b"\x47" + b"\x00" * 187 + b"\x47", RefusalCode.NOT_MEDIA),
        (b"\x00" * 64, RefusalCode.NOT_MEDIA),
    ],
)
def test_first_bytes(head: bytes, code: RefusalCode | None) -> None:
    assert verdict(head) == code


@given(st.binary(max_size=64))
def test_nothing_passes_without_the_signature_of_a_container(head: bytes) -> None:
    known = (b"\x1a\x45\xdf\xa3", b"OggS")
    boxes = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp", b"moof")
    if verdict(head) is None:
        assert head.startswith(known) or head[4:8] in boxes


def test_the_name_of_the_file_means_nothing(tmp_path: Path) -> None:
    picture = tmp_path / "clip.mp4"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\x00" * 100)
    with pytest.raises(Refused) as refused:
        refuse_other_things(picture)
    assert refused.value.code is RefusalCode.PICTURE
