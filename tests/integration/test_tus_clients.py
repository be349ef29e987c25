"""The two tus clients of the tus project against our server, over lines that break at any byte.

`tuspy` runs here, `tus-js-client` as its makers build it in a real browser, on a page of the site:
with the cookie, the origin and the content policy that people's uploads have.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import requests
from playwright.sync_api import Page, Playwright
from sqlalchemy import select
from support import chromium
from support.cutting import CuttingLine
from support.served import Browser, Site, served
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError

from courses.models import Take

pytestmark = pytest.mark.enable_socket

MEGABYTE = 1024 * 1024
SIZE = 3 * MEGABYTE + 321
CUTS = 8
ATTEMPTS = 60
SEEDS = [1, *[pytest.param(seed, marks=pytest.mark.matrix) for seed in range(2, 12)]]
TUS = next((Path(__file__).resolve().parents[1] / "vendor").glob("tus-js-client-*/tus.min.js"))
SESSION: Any = {"domain": "localhost", "path": "/", "secure": True}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    many = {"uploads_per_minute": 10_000, "open_uploads": 10_000}
    with served(tmp_path_factory.mktemp("site"), max_upload_mb=8, **many) as site:
        yield site


@pytest.fixture(params=SEEDS)
def line(site: Site, request: pytest.FixtureRequest) -> Iterator[CuttingLine]:
    with CuttingLine(site.settings.port, seed=request.param, cuts=CUTS, span=SIZE) as line:
        yield line


def is_there(site: Site, take: UUID) -> bool:
    with site.database.reading() as session:
        return session.scalars(select(Take.id).where(Take.public_id == take)).first() is not None


# --- tuspy ----------------------------------------------------------------------------------


def send_on(line: CuttingLine, browser: Browser, take: UUID, file: Path, **options: Any) -> None:
    """Send a file as a person does: when the client gives up, begin again where it was."""
    client = TusClient(f"http://127.0.0.1:{line.port}/uploads", headers=browser.headers)
    address = None
    with file.open("rb") as stream:
        for _ in range(ATTEMPTS):
            try:
                uploader = client.uploader(
                    file_stream=stream,
                    url=address,
                    metadata={"take": str(take)},
                    retries=5,
                    retry_delay=0.05,  # type: ignore[arg-type]  # it is handed to sleep
                    **options,
                )
                address = address or uploader.create_url()
                uploader.set_url(address)
                uploader.upload()
            except (TusCommunicationError, requests.ConnectionError):
                continue
            return
    pytest.fail("it never came to an end")


@pytest.mark.parametrize(
    "options",
    [{}, {"chunk_size": 400_000}, {"chunk_size": 400_000, "upload_checksum": True}],
    ids=["whole", "in-pieces", "with-checksums"],
)
def test_tuspy_resumes_byte_for_byte(
    site: Site, line: CuttingLine, tmp_path: Path, options: dict[str, Any]
) -> None:
    take, data = site.start_take(), os.urandom(SIZE)
    recording = tmp_path / "recording.webm"
    recording.write_bytes(data)
    send_on(line, site.samira, take, recording, **options)
    assert line.broken >= CUTS // 2
    assert site.kept(take) == data


# --- tus-js-client --------------------------------------------------------------------------

# An upload with its options, as the documentation of the client has it. `data` comes in base64.
SEND = """async ({ data, take, token, piece, deferred, stopAt, name }) => {
  const bytes = Uint8Array.from(atob(data), one => one.charCodeAt(0));
  const file = new File([bytes], name, { type: "video/webm", lastModified: 1 });
  let sent = 0;
  const ended = await new Promise(done => {
    const upload = new tus.Upload(deferred ? file.stream().getReader() : file, {
      endpoint: location.origin + "/uploads",
      metadata: { take },
      headers: { "X-CSRFToken": token },
      chunkSize: piece || Infinity,
      uploadLengthDeferred: deferred,
      retryDelays: Array(60).fill(50),
      removeFingerprintOnSuccess: true,
      onError: error => done({ error: String(error) }),
      onSuccess: () => done({ url: upload.url }),
      onChunkComplete: (_size, accepted) => {
        sent = accepted;
        if (stopAt && accepted >= stopAt) upload.abort().then(() => done({ url: upload.url }));
      },
    });
    if (deferred) upload.start();
    else upload.findPreviousUploads().then(previous => {
      if (previous.length) upload.resumeFromPreviousUpload(previous[0]);
      upload.start();
    });
  });
  return { ...ended, sent };
}"""

TERMINATE = """async ({ url, token }) => {
  await tus.Upload.terminate(url, {
    headers: { "X-CSRFToken": token }, retryDelays: Array(20).fill(50),
  });
}"""


@pytest.fixture(scope="module")
def pages(playwright: Playwright) -> Iterator[Any]:
    """Opens the site in a new browser context, as somebody."""
    browser = chromium.launch(playwright)

    def arrive(who: Browser, port: int) -> Page:
        name, _, value = who.cookie.partition("=")
        context = browser.new_context(base_url=f"http://localhost:{port}")
        context.add_cookies([SESSION | {"name": name, "value": value}])
        context.add_init_script(path=TUS)
        page = context.new_page()
        page.goto("/about")
        return page

    yield arrive
    browser.close()


def asked(take: UUID, data: bytes, who: Browser, **options: Any) -> dict[str, Any]:
    given = {"piece": None, "deferred": False, "stopAt": None, "name": f"{take}.webm", **options}
    return {
        "data": base64.b64encode(data).decode(),
        "take": str(take),
        "token": who.token,
        **given,
    }


@pytest.mark.browser
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize(
    "options",
    [{}, {"piece": 400_000}, {"piece": 400_000, "deferred": True}],
    ids=["whole", "in-pieces", "length-deferred"],
)
def test_tus_js_client_resumes_byte_for_byte(
    site: Site, line: CuttingLine, pages: Any, options: dict[str, Any]
) -> None:
    take, data = site.start_take(), os.urandom(SIZE)
    line.is_good = True  # the page itself comes over a good line
    page = pages(site.samira, line.port)
    line.is_good = False
    ended = page.evaluate(SEND, asked(take, data, site.samira, **options))
    page.context.close()
    assert "error" not in ended
    assert line.broken >= CUTS // 2
    assert site.kept(take) == data


@pytest.mark.browser
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_tus_js_client_goes_on_after_the_tab_was_closed(site: Site, pages: Any) -> None:
    take, data = site.start_take(), os.urandom(MEGABYTE)
    page = pages(site.samira, site.settings.port)
    half = asked(take, data, site.samira, piece=200_000, stopAt=400_000)
    first = page.evaluate(SEND, half)
    offset = site.samira.head(first["url"].partition(str(site.settings.port))[2]).offset
    assert 400_000 <= offset < MEGABYTE
    page.reload()
    second = page.evaluate(SEND, half | {"stopAt": None})
    page.context.close()
    assert second["url"] == first["url"]
    assert site.kept(take) == data


@pytest.mark.browser
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_tus_js_client_terminates_only_what_is_its_own(site: Site, pages: Any) -> None:
    take, data = site.start_take(), os.urandom(MEGABYTE)
    page = pages(site.samira, site.settings.port)
    half = asked(take, data, site.samira, piece=200_000, stopAt=400_000)
    url = page.evaluate(SEND, half)["url"]
    path = url.partition(str(site.settings.port))[2]
    other = pages(site.bram, site.settings.port)
    with pytest.raises(Exception, match="response code: 404"):
        other.evaluate(TERMINATE, {"url": url, "token": site.bram.token})
    assert site.samira.head(path).status == 200
    page.evaluate(TERMINATE, {"url": url, "token": site.samira.token})
    page.context.close()
    other.context.close()
    assert site.samira.head(path).status == 404
    assert not is_there(site, take)
    assert not list(site.settings.uploads.glob(f"{path.rsplit('/', 1)[1]}*"))
