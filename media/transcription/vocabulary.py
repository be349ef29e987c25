"""Whisper's token table, for writing the files an engine reads beside its weights.

The table is OpenAI's (MIT, see data/README.md), packed by tools/make_test_model.py. With it a
model directory can be written on a host that has no openai-whisper.
"""

from __future__ import annotations

import io
import itertools
import json
import lzma
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

PRINTABLE = (*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100))


@dataclass(frozen=True, slots=True)
class TokenTable:
    """`texts[i]` is token i as tokenizer files spell it; special tokens follow the others."""

    texts: tuple[str, ...]
    merges: tuple[str, ...]
    specials: tuple[str, ...]
    languages: tuple[int, ...]
    not_speech: tuple[int, ...]

    def number(self, special: str) -> int:
        return len(self.texts) + self.specials.index(special)


def read_packed(name: str) -> dict[str, NDArray[Any]]:
    """Arrays of a file in data/: an npz, read without pickle, inside xz."""
    packed = files("media.transcription").joinpath("data", name).read_bytes()
    with np.load(io.BytesIO(lzma.decompress(packed)), allow_pickle=False) as arrays:
        return {key: arrays[key] for key in arrays.files}


@cache
def token_table() -> TokenTable:
    arrays = read_packed("vocabulary.npz.xz")
    letters = _byte_letters()
    spelled = "".join(letters[byte] for byte in arrays["bytes"].tolist())
    lengths, splits = arrays["lengths"].tolist(), arrays["splits"].tolist()
    ends = list(itertools.accumulate(lengths))
    texts = [spelled[end - length : end] for end, length in zip(ends, lengths, strict=True)]
    merges = [f"{text[:at]} {text[at:]}" for text, at in zip(texts, splits, strict=True) if at]
    return TokenTable(
        texts=tuple(texts),
        merges=tuple(merges),
        specials=tuple(arrays["specials"].tobytes().decode().split("\n")),
        languages=tuple(arrays["languages"].tolist()),
        not_speech=tuple(arrays["not_speech"].tolist()),
    )


def tokenizer_json() -> str:
    """A tokenizers file: byte-level pairs as in GPT-2, and Whisper's special tokens."""
    table = token_table()
    added = [
        {
            "id": len(table.texts) + number,
            "content": special,
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": True,
        }
        for number, special in enumerate(table.specials)
        if not special.removeprefix("<|")[0].isdigit()  # timestamps are numbers, not text
    ]
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True}
    return json.dumps(
        {
            "version": "1.0",
            "truncation": None,
            "padding": None,
            "added_tokens": added,
            "normalizer": None,
            "pre_tokenizer": {**byte_level, "use_regex": True},
            "post_processor": None,
            "decoder": {**byte_level, "use_regex": True},
            "model": {
                "type": "BPE",
                "dropout": None,
                "unk_token": None,
                "continuing_subword_prefix": "",
                "end_of_word_suffix": "",
                "fuse_unk": False,
                "byte_fallback": False,
                "vocab": {text: number for number, text in enumerate(table.texts)},
                "merges": list(table.merges),
            },
        },
        ensure_ascii=False,
    )


def _byte_letters() -> list[str]:
    """The letter a tokenizer file uses for each byte: itself when printable, else 256 and on."""
    others = (byte for byte in range(256) if byte not in PRINTABLE)
    stand_ins = {byte: chr(256 + number) for number, byte in enumerate(others)}
    return [stand_ins.get(byte, chr(byte)) for byte in range(256)]
