"""The upload server as clients meet it: a real gunicorn, and sockets that misbehave.

Everything here goes over the wire to the command that serves people; what is in the database and
on the disk is looked at afterwards. The byte side has its own unit tests (unit/media).
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from support.served import STREAM, Answer, Browser, Site, served

from courses.actions.takes import delete_take
from courses.models import Take
from lms.app import create_app
from media.models import Upload

pytestmark = pytest.mark.enable_socket

MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data = tmp_path_factory.mktemp("site")
    with served(data, max_upload_mb=8, uploads_per_minute=10_000, open_uploads=10_000) as site:
        yield site


@pytest.fixture
def samira(site: Site) -> Browser:
    return site.samira


# --- the protocol ---------------------------------------------------------------------------


def test_abilities_are_told(site: Site, samira: Browser) -> None:
    answer = samira.call("OPTIONS", "/uploads", without="Tus-Resumable")
    assert answer.status == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Max-Size"] == str(site.settings.max_upload_bytes)
    told = set(answer.headers["Tus-Extension"].split(","))
    assert {"creation", "creation-defer-length", "checksum", "expiration", "termination"} <= told


def test_a_recording_of_unknown_length_is_kept_with_its_last_piece(
    site: Site, samira: Browser
) -> None:
    take, data = site.start_take(), os.urandom(300_000)
    path = samira.create(take)
    fresh = samira.head(path)
    assert (fresh.status, fresh.offset) == (200, 0)
    assert fresh.headers["Upload-Defer-Length"] == "1"
    assert fresh.headers["Cache-Control"] == "no-store"
    assert "GMT" in fresh.headers["Upload-Expires"]
    assert samira.patch(path, 0, data[:100_000]).offset == 100_000
    last = samira.patch(path, 100_000, data[100_000:], Upload_Length="300000")
    assert (last.status, last.offset) == (204, 300_000)
    assert site.kept(take) == data


def test_an_empty_last_piece_ends_it_and_may_be_said_twice(site: Site, samira: Browser) -> None:
    take, data = site.start_take(), os.urandom(50_000)
    path = samira.create(take)
    samira.patch(path, 0, data)
    before = site.clips()
    for _ in range(3):  # the answer may be lost on its way
        last = samira.patch(path, 50_000, b"", Upload_Length="50000")
        assert (last.status, last.offset) == (204, 50_000)
    assert site.clips() == before + 1
    assert samira.head(path).offset == 50_000
    assert site.kept(take) == data
    assert not list(site.settings.uploads.glob(f"{path.rsplit('/', 1)[1]}*"))


def test_a_file_may_come_with_its_creation(site: Site, samira: Browser) -> None:
    take, data = site.start_take(), os.urandom(20_000)
    metadata = f"name eA==,take {base64.b64encode(str(take).encode()).decode()}"
    answer = samira.call(
        "POST",
        "/uploads",
        data,
        Upload_Metadata=metadata,
        Upload_Length="20000",
        Content_Type=STREAM["Content-Type"],
    )
    assert (answer.status, answer.offset) == (201, 20_000)
    assert site.kept(take) == data


def test_clients_that_know_no_patch_say_it_in_a_header(site: Site, samira: Browser) -> None:
    take, data = site.start_take(), os.urandom(1_000)
    path = samira.create(take, length=1_000)
    answer = samira.call(
        "POST",
        path,
        data,
        X_HTTP_Method_Override="PATCH",
        Content_Type=STREAM["Content-Type"],
        Upload_Offset="0",
    )
    assert answer.status == 204
    assert site.kept(take) == data
    assert samira.call("POST", path).status == 405


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "md5"])
def test_a_garbled_piece_is_refused_and_sent_again(
    site: Site, samira: Browser, algorithm: str
) -> None:
    data = os.urandom(40_000)
    path = samira.create(site.start_take())
    digest = base64.b64encode(hashlib.new(algorithm, data).digest()).decode()
    garbled = samira.patch(path, 0, data[::-1], Upload_Checksum=f"{algorithm} {digest}")
    assert (garbled.status, garbled.error) == (460, "checksum_mismatch")
    assert samira.head(path).offset == 0
    assert samira.patch(path, 0, data, Upload_Checksum=f"{algorithm} {digest}").offset == 40_000


def test_termination_takes_the_unkept_take_along(site: Site, samira: Browser) -> None:
    take = site.start_take()
    path = samira.create(take)
    samira.patch(path, 0, b"x" * 1_000)
    assert samira.call("DELETE", path).status == 204
    assert samira.head(path).status == 404
    assert samira.call("DELETE", path).status == 404
    with site.database.reading() as session:
        assert session.scalars(select(Take).where(Take.public_id == take)).first() is None
    assert not list(site.settings.uploads.glob(f"{path.rsplit('/', 1)[1]}*"))


def test_a_finished_upload_is_not_terminated(site: Site, samira: Browser) -> None:
    take = site.start_take()
    path = samira.create(take, length=4)
    samira.patch(path, 0, b"data")
    answer = samira.call("DELETE", path)
    assert (answer.status, answer.error) == (409, "already_kept")
    assert site.kept(take) == b"data"


# --- refusals -------------------------------------------------------------------------------


def test_every_wrong_word_has_its_own_answer(site: Site, samira: Browser) -> None:
    path = samira.create(site.start_take(), length=100)
    samira.patch(path, 0, b"12345")
    wrong = {
        "no version": (412, samira.call("HEAD", path, without="Tus-Resumable")),
        "other version": (412, samira.call("HEAD", path, Tus_Resumable="0.2.2")),
        "no type": (415, samira.patch(path, 5, b"x", Content_Type="video/mp4")),
        "no offset": (400, samira.call("PATCH", path, b"x", Content_Type=STREAM["Content-Type"])),
        "no number": (400, samira.patch(path, 5, b"x", Upload_Offset="five")),
        "minus one": (400, samira.patch(path, 5, b"x", Upload_Offset="-1")),
        "huge number": (400, samira.patch(path, 5, b"x", Upload_Offset="9" * 400)),
        "behind": (409, samira.patch(path, 4, b"x")),
        "ahead": (409, samira.patch(path, 6, b"x")),
        "too long": (413, samira.patch(path, 5, b"x" * 96)),
        "other length": (400, samira.patch(path, 5, b"x", Upload_Length="99")),
        "no algorithm": (400, samira.patch(path, 5, b"x", Upload_Checksum="crc32 AAAA")),
        "no base64": (400, samira.patch(path, 5, b"x", Upload_Checksum="sha1 !")),
        "no verb": (405, samira.call("PUT", path, b"x")),
    }
    assert {name: answer.status for name, (_, answer) in wrong.items()} == {
        name: status for name, (status, _) in wrong.items()
    }
    assert wrong["no version"][1].headers["Tus-Version"] == "1.0.0"
    assert wrong["ahead"][1].offset == 5
    assert samira.head(path).offset == 5


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Upload_Length": "10", "Upload_Defer_Length": "1"},
        {"Upload_Defer_Length": "2"},
        {"Upload_Length": "ten"},
        {"Upload_Length": "10", "Upload_Metadata": "take !!!"},
        {"Upload_Length": "10", "Upload_Metadata": "take bm8gdXVpZA=="},
        {"Upload_Length": "10", "Upload_Metadata": "name bmFtZQ=="},
    ],
)
def test_a_creation_must_say_how_long_and_for_what(
    samira: Browser, headers: dict[str, str]
) -> None:
    named = {"Upload_Metadata": f"take {base64.b64encode(str(uuid4()).encode()).decode()}"}
    assert samira.call("POST", "/uploads", **{**named, **headers}).status == 400


def test_a_deferred_length_is_told_once_and_covers_what_is_here(
    site: Site, samira: Browser
) -> None:
    path = samira.create(site.start_take())
    samira.patch(path, 0, b"x" * 100)
    assert samira.patch(path, 100, b"", Upload_Length="99").status == 400
    assert samira.patch(path, 100, b"x", Upload_Length="200").offset == 101
    assert samira.patch(path, 101, b"x", Upload_Length="201").status == 400
    assert samira.patch(path, 101, b"x" * 99, Upload_Length="200").offset == 200


def test_an_upload_that_expired_or_lost_its_take_is_gone(site: Site, samira: Browser) -> None:
    expired, deleted = site.start_take(), site.start_take()
    paths = [samira.create(expired), samira.create(deleted)]
    with site.database.transaction() as session:
        past = datetime.now(UTC) - timedelta(seconds=1)
        session.execute(update(Upload).where(Upload.target == expired).values(expires_at=past))
        take = session.scalars(select(Take).where(Take.public_id == deleted)).one()
        delete_take(session, take=take, now=past)
    for path in paths:
        assert samira.head(path).status == 410
        assert samira.patch(path, 0, b"x").status == 410


def test_s54_somebody_else_s_upload_does_not_exist(site: Site, samira: Browser) -> None:
    path = samira.create(site.start_take())
    samira.patch(path, 0, b"mine")
    nowhere = f"/uploads/{uuid4()}"
    for method, said in (("HEAD", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "PATCH")):
        headers = {"Content_Type": STREAM["Content-Type"], "Upload_Offset": "4"}
        headers |= {"X_HTTP_Method_Override": said} if said else {}
        body = b"theirs" if "PATCH" in (method, said) else None
        theirs = site.bram.call(method, path, body, **headers)
        nobodys = site.bram.call(method, nowhere, **headers)
        assert theirs.status == nobodys.status == 404
        hide = re.compile(rb"nonce-[^']+|nonce=\"[^\"]+\"|value=\"[^\"]+\"|data-csrf=\"[^\"]+\"")
        assert hide.sub(b"", theirs.body) == hide.sub(b"", nobodys.body)
    assert samira.head(path).offset == 4


def test_s55_an_upload_is_only_opened_for_an_own_take(site: Site, samira: Browser) -> None:
    theirs = f"take {base64.b64encode(str(site.start_take(site.bram)).encode()).decode()}"
    answer = samira.call("POST", "/uploads", Upload_Metadata=theirs, Upload_Length="1")
    assert answer.status == 404


def test_s18_strangers_and_forged_requests_are_refused(site: Site, samira: Browser) -> None:
    path = samira.create(site.start_take())
    for method, where in (("POST", "/uploads"), ("PATCH", path), ("DELETE", path)):
        assert samira.call(method, where, without="X-CSRFToken").status == 403
        assert samira.call(method, where, X_CSRFToken=site.bram.token).status == 403
        assert samira.call(method, where, Sec_Fetch_Site="cross-site").status == 403
    assert samira.call("HEAD", path, without="Cookie").status == 401
    assert samira.head(path).offset == 0


def test_s6_more_than_the_limit_is_refused_while_streaming(site: Site, samira: Browser) -> None:
    path = samira.create(site.start_take())
    limit = site.settings.max_upload_bytes
    told = f"take {base64.b64encode(str(uuid4()).encode()).decode()}"
    longer = samira.call("POST", "/uploads", Upload_Metadata=told, Upload_Length=f"{limit + 1}")
    assert (longer.status, longer.error) == (413, "too_large")
    assert samira.patch(path, 0, b"x", Upload_Length=f"{limit + 1}").status == 413
    samira.patch(path, 0, b"safe")

    def unannounced() -> Iterator[bytes]:
        for _ in range(limit // MEGABYTE + 1):
            yield b"\0" * MEGABYTE

    with suppress(ConnectionError):  # refused before all was said: the line may be cut
        assert samira.patch(path, 4, unannounced()).status == 413
    assert samira.head(path).offset == 4


def test_s9_a_hundred_uploads_a_minute_are_slowed(site: Site) -> None:
    settings = site.settings.model_copy(update={"uploads_per_minute": 3, "env": "test"})
    app = create_app(settings, site.database)
    take = f"take {base64.b64encode(str(site.start_take(site.bram)).encode()).decode()}"
    headers = {**site.bram.headers, "Upload-Metadata": take, "Upload-Defer-Length": "1"}
    client = app.test_client(use_cookies=False)
    statuses = [client.post("/uploads", headers=headers).status_code for _ in range(4)]
    assert statuses == [201, 201, 201, 429]


# --- bad lines ------------------------------------------------------------------------------


def test_a_cut_line_loses_nothing_that_arrived(site: Site, samira: Browser) -> None:
    take, data = site.start_take(), os.urandom(2 * MEGABYTE)
    path = samira.create(take, length=len(data))
    sent = MEGABYTE + 12_345
    with samira.half_said(path, 0, data[:sent], len(data)):
        pass
    answer = patch_when_free(samira, path, sent, data[sent:])
    assert (answer.status, answer.offset) == (204, len(data))
    assert site.kept(take) == data


def patch_when_free(browser: Browser, path: str, offset: int, body: bytes) -> Answer:
    """PATCH as a client does after trouble: as long as the old line is not given up, wait."""
    for _ in range(300):
        answer = browser.patch(path, offset, body)
        if answer.status not in {423, 409, 429}:
            return answer
        threading.Event().wait(0.1)
    return answer


def test_stalled_lines_stop_nobody_else(site: Site, samira: Browser) -> None:
    """As many silent clients as the server has threads: it lets go of them and answers."""
    silent = [(samira, samira.create(site.start_take())) for _ in range(2)]
    silent += [(site.bram, site.bram.create(site.start_take(site.bram))) for _ in range(2)]
    assert len(silent) == site.settings.web_threads
    body = os.urandom(100_000)
    with ExitStack() as stalled:
        for browser, path in silent:
            stalled.enter_context(browser.half_said(path, 0, body, 200_000))
        assert site.bram.call("GET", "/").status == 200
        other = site.bram.create(site.start_take(site.bram))
        assert patch_when_free(site.bram, other, 0, b"goes on").offset == 7
    for browser, path in silent:
        kept = browser.head(path).offset
        assert 100_000 - 16 * 1024 <= kept <= 100_000
        assert patch_when_free(browser, path, kept, body[kept:]).offset == 100_000


def test_two_uploads_of_one_take_keep_one_recording(site: Site, samira: Browser) -> None:
    take = site.start_take()
    first, second = samira.create(take, length=5), samira.create(take, length=6)
    before = site.clips()
    assert samira.patch(first, 0, b"first").status == 204
    late = samira.patch(second, 0, b"second")
    assert (late.status, late.error) == (409, "already_kept")
    assert site.clips() == before + 1
    assert site.kept(take) == b"first"
    assert len(list(site.settings.blobs.iterdir())) == site.clips()


def test_a_killed_server_goes_on_where_it_was(site: Site, samira: Browser) -> None:
    take, data = site.start_take(), os.urandom(3 * MEGABYTE)
    path = samira.create(take)
    assert samira.patch(path, 0, data[:MEGABYTE]).offset == MEGABYTE
    with samira.half_said(path, MEGABYTE, data[MEGABYTE : 2 * MEGABYTE], 2 * MEGABYTE):
        site.kill()
    site.serve()
    offset = samira.head(path).offset
    assert MEGABYTE <= offset <= 2 * MEGABYTE
    last = samira.patch(path, offset, data[offset:], Upload_Length=str(len(data)))
    assert last.offset == len(data)
    assert site.kept(take) == data
