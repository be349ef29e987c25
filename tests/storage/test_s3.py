"""What only a bucket can do or suffer, on a real server that checks signatures and times."""

from __future__ import annotations

import hashlib
import http.client
import http.server
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from media.storage.port import BlobDamagedError, StoreUnavailableError
from media.storage.rehearsal import rehearse
from media.storage.s3 import PART_BYTES, Bucket, S3Store

SECRET = "a-secret-nobody-may-read"


def fetch(address: str, **headers: str) -> tuple[int, http.client.HTTPMessage, bytes]:
    """A GET as a browser does it, without any of our credentials."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    try:
        connection.request("GET", f"{parts.path}?{parts.query}", headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


@pytest.fixture
def kept(bucket: Bucket, tmp_path: Path) -> tuple[Bucket, str]:
    """A bucket with one blob of 1,000 bytes in it."""
    key = f"{uuid4()}/video-1-1.mp4"
    source = tmp_path / "source"
    source.write_bytes(bytes(range(250)) * 4)
    S3Store(bucket).put(key, source)
    return bucket, key


def test_a_link_hands_out_ranges_of_one_blob_as_what_it_is(kept: tuple[Bucket, str]) -> None:
    bucket, key = kept
    link = S3Store(replace(bucket, link_seconds=60)).link(key, "video/mp4")
    assert link is not None
    assert bucket.secret_key not in link
    status, headers, body = fetch(link, Range="bytes=10-19")
    assert (status, body) == (206, bytes(range(10, 20)))
    assert headers["Content-Type"] == "video/mp4"
    assert headers["Content-Disposition"] == "inline"
    assert headers["Cache-Control"] == "private, no-store"


def test_a_link_that_was_changed_opens_nothing(kept: tuple[Bucket, str]) -> None:
    bucket, key = kept
    link = S3Store(replace(bucket, link_seconds=60)).link(key, "video/mp4") or ""
    longer = link.replace("X-Amz-Expires=60", "X-Amz-Expires=6000")
    page = link.replace("video%2Fmp4", "text%2Fhtml")
    other = link.replace(key.partition("/")[0], str(uuid4()))
    for changed in (longer, page, other):
        assert changed != link
        assert fetch(changed)[0] == 403
    assert fetch(link.partition("?")[0])[0] in (400, 401, 403)


def test_a_link_closes(kept: tuple[Bucket, str]) -> None:
    bucket, key = kept
    link = S3Store(replace(bucket, link_seconds=1)).link(key, "video/mp4") or ""
    time.sleep(2.5)  # of the server's clock, which no test can turn
    assert fetch(link)[0] == 403


def test_without_being_told_so_there_are_no_links(bucket: Bucket) -> None:
    assert S3Store(bucket).link(f"{uuid4()}/video-1-1.mp4", "video/mp4") is None
    assert S3Store(bucket).link_origin() is None


@pytest.mark.parametrize("size", [1_000, PART_BYTES + 1])
def test_bytes_that_change_on_the_way_in_are_refused(
    bucket: Bucket, tmp_path: Path, size: int
) -> None:
    store, source = S3Store(bucket), tmp_path / "source"
    source.write_bytes(b"a" * size)

    def garble(request: Any, **_: object) -> None:
        request.body = b"b" * int(request.headers["Content-Length"])

    for call in ("PutObject", "UploadPart"):
        store._client.meta.events.register(f"before-send.s3.{call}", garble)  # noqa: SLF001 -- the line that garbles
    with pytest.raises(StoreUnavailableError, match="SHA256"):
        store.put(f"{uuid4()}/x", source)
    assert source.stat().st_size == size
    assert list(store.list_blobs()) == []
    assert list(store.list_unfinished()) == []


def test_bytes_that_changed_at_rest_are_not_worked_on(
    bucket: Bucket, owner: Any, tmp_path: Path
) -> None:
    key = f"{uuid4()}/speech-1-1.wav"
    promised = {"sha256": hashlib.sha256(b"as it was").hexdigest()}
    owner.put_object(Bucket=bucket.name, Key=key, Body=b"as it is!", Metadata=promised)
    with pytest.raises(BlobDamagedError):
        S3Store(bucket).local_copy(key, tmp_path)
    assert list(tmp_path.iterdir()) == []


def unused_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@pytest.fixture(params=["wrong secret", "no bucket", "nobody there", "a web page"])
def away(request: pytest.FixtureRequest, bucket: Bucket, describe_bucket: Any) -> Iterator[Bucket]:
    """Buckets that do not let us in, each in its own way."""
    if request.param == "a web page":
        with serving(PageForAll) as endpoint:
            yield replace(bucket, endpoint=endpoint)
    elif request.param == "nobody there":
        yield replace(bucket, endpoint=f"http://127.0.0.1:{unused_port()}")
    elif request.param == "wrong secret":
        yield replace(bucket, secret_key=SECRET)
    else:
        yield describe_bucket("nobody-made-this")


def test_a_bucket_that_is_away_is_never_taken_for_an_empty_one(
    away: Bucket, tmp_path: Path
) -> None:
    """Else clips would be given up as lost because of a typing error in a setting."""
    store, key, source = S3Store(away), f"{uuid4()}/x", tmp_path / "source"
    source.write_bytes(b"a take")
    for ask in (
        lambda: store.put(key, source),
        lambda: store.find(key),
        lambda: store.open(key),
        lambda: store.sha256(key),
        lambda: store.local_copy(key, tmp_path),
        lambda: store.erase(uuid4()),
        lambda: list(store.list_blobs()),
        lambda: list(store.list_unfinished()),
    ):
        with pytest.raises(StoreUnavailableError) as told:
            ask()
        assert told.value.code
        assert away.secret_key not in f"{told.value!r} {told.value.__cause__!r} {away!r}"
    assert source.read_bytes() == b"a take"


class PageForAll(http.server.BaseHTTPRequestHandler):
    """What stands at a wrong address: a page, whatever is asked."""

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", "15")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(b"<p>Welcome!</p>")

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = answer  # noqa: N815 -- names the base class calls

    def log_message(self, *_: object) -> None:
        """Nobody reads this."""


class serving:  # noqa: N801 -- reads as a verb in a with statement
    """A plain web server on this machine for a while."""

    def __init__(self, handler: type[http.server.BaseHTTPRequestHandler]) -> None:
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.thread = threading.Thread(target=self.server.serve_forever)

    def __enter__(self) -> str:
        self.thread.start()
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def test_a_bucket_that_anybody_can_read_is_found_out(bucket: Bucket) -> None:
    """A web server that asks nobody who they are is what a public bucket is to a stranger."""
    with serving(PageForAll) as endpoint:
        assert S3Store(replace(bucket, endpoint=endpoint)).weaknesses(f"{uuid4()}/x") == ["public"]


def test_a_bucket_that_keeps_what_was_erased_is_found_out(
    bucket: Bucket, owner: Any, tmp_path: Path
) -> None:
    owner.put_bucket_versioning(Bucket=bucket.name, VersioningConfiguration={"Status": "Enabled"})
    assert rehearse(S3Store(bucket), tmp_path) == ["versioned"]


def test_what_this_user_set_for_other_programs_does_not_count(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "config"
    elsewhere.write_text("[profile other]\nregion = eu-west-1\n")
    for name, value in {
        "AWS_PROFILE": "not-there",
        "AWS_CONFIG_FILE": str(elsewhere),
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_ACCESS_KEY_ID": "another",
        "AWS_SECRET_ACCESS_KEY": "another",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }.items():
        monkeypatch.setenv(name, value)
    assert S3Store(bucket).find(f"{uuid4()}/x") is None
