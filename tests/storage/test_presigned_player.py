"""A real browser whose clip comes from the bucket by a link that has closed meanwhile."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright
from sqlalchemy import select, update
from support import chromium
from support.factories import NOW
from support.site import Site
from werkzeug.serving import make_server

from lms import clock
from lms.storage import link_origin, store_of
from media.models import Clip, Rendition, RenditionKind

SESSION = {"name": "__Host-gg", "domain": "localhost", "path": "/", "secure": True}
LINK_SECONDS = 2
SECONDS = 30


KNOWN = "() => document.querySelector('video').readyState >= 1"
JUMP = """video => new Promise(done => {
  video.addEventListener("error", () => done("error"), true);
  const look = () => video.currentTime > 24 && video.readyState >= 2 && done("shown");
  setInterval(look, 100);
  video.currentTime = 25;
  setTimeout(() => done("nothing"), 20000);
})"""


@contextmanager
def served(site: Site) -> Iterator[str]:
    """The site on a port of this machine, with its clock standing still."""

    def standing_still(environ: Any, start_response: Any) -> Any:
        with clock.frozen_at(NOW):
            return site.app(environ, start_response)

    server = make_server("127.0.0.1", 0, standing_still, threaded=True)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Noise, of which no browser takes in the whole before it is asked to."""
    file = tmp_path_factory.mktemp("noise") / "noise.mp4"
    picture = f"testsrc2=s=320x180:r=15:d={SECONDS},noise=alls=60:allf=t"
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", picture, "-c:v", "libx264"]
    command += ["-preset", "ultrafast", "-qp", "4", "-g", "15", "-pix_fmt", "yuv420p"]
    subprocess.run([*command, "-movflags", "+faststart", file], check=True)
    assert file.stat().st_size > 15_000_000
    return file


@pytest.mark.matrix  # half a minute; links are off by default
@pytest.mark.browser
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_the_player_asks_the_site_again_when_its_link_has_closed(
    make_site: Callable[..., Site],
    playwright: Playwright,
    long_clip: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = make_site(s3_presign=True)
    quick = site.settings.model_copy(update={"s3_presign_seconds": LINK_SECONDS})
    site.store = replace(site.store, settings=quick)
    site.app.extensions["lms_settings"] = quick
    monkeypatch.setitem(site.app.config, "CLIPS_ORIGIN", link_origin(quick))
    take = site.world.takes["samira-first"]
    (video,) = site.all(
        select(Rendition.key)
        .join(Rendition.clip)
        .where(Clip.public_id == take.clip, Rendition.kind == RenditionKind.VIDEO)
    )
    shutil.copyfile(long_clip, tmp_path / "copy.mp4")
    store_of(quick).put(video, tmp_path / "copy.mp4")
    with site.acting() as session:
        long = update(Clip).where(Clip.public_id == take.clip)
        session.execute(long.values(duration_ms=SECONDS * 1000))
    cookie = site.browser("samira").cookie

    asked: list[str] = []
    with served(site) as address:
        browser = chromium.launch(playwright)
        context = browser.new_context()
        context.add_cookies([SESSION | {"value": cookie}])
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{address}/takes/{take.public_id}")
        media = page.locator("video").first
        page.wait_for_function(KNOWN)
        site_asked = sum(url.endswith("/video") for url in asked)
        page.wait_for_timeout(1000 * (LINK_SECONDS + 2))
        end = media.evaluate(JUMP)
        browser.close()
    assert end == "shown"
    assert sum(url.endswith("/video") for url in asked) > site_asked
