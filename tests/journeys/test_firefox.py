"""The recorder in Firefox: sign in, record, stop, use, watch it back. The bytes are the proof."""

from __future__ import annotations

import time
from pathlib import Path

from live.booth import HASH_PARTS, KEEP_PARTS
from live.firefox import Tab, firefox
from live.records import Records
from live.site import Site

WHO, LESSON = "Linda Bos", "De boze beller"
SECONDS = 4
PROCESSING_SECONDS = 240.0
SCREEN = "(name) => document.querySelector(`[data-recorder][data-screen=${name}]`) !== null"
PLAYED = """async () => {
  const clip = document.querySelector("[data-player] video");
  if (!clip || clip.readyState < 2) return null;
  await clip.play();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  return clip.currentTime > 0.3 ? { seconds: clip.duration, width: clip.videoWidth } : null;
}"""


def test_record_use_and_watch_back(fresh_site: Site, tmp_path: Path) -> None:
    with firefox(tmp_path / "profile") as tab:
        tab.before_every_page(KEEP_PARTS)
        become(tab, fresh_site, WHO)
        recorded, mime = record(tab, fresh_site)
        tab.press("[data-do=use]")
        tab.wait("() => /^\\/takes\\//.test(location.pathname)")
        clip = tab.wait(PLAYED, seconds=PROCESSING_SECONDS)
        assert mime.startswith("video/")
        assert clip["width"] > 0
        assert clip["seconds"] > SECONDS / 2  # a busy machine begins late
        assert Records(fresh_site).newest_original() == recorded
        assert tab.run("() => navigator.userAgent.includes('Firefox/')")
        assert tab.complaints == []


def become(tab: Tab, site: Site, name: str) -> None:
    tab.open(f"{site.address}/demo")
    tab.press("button", name)
    tab.wait_for_text("h1", "Hoi")


def record(tab: Tab, site: Site) -> tuple[str, str]:
    """Record some seconds until all is safe; hash and type of what the browser recorded."""
    tab.open(f"{site.address}{Records(site).lesson(LESSON)}/record")
    tab.press("[data-do=camera]")
    tab.wait(SCREEN, "ready")
    tab.press("[data-do=toggle]")
    tab.wait(SCREEN, "recording")
    time.sleep(SECONDS)
    tab.press("[data-do=toggle]")
    tab.wait(SCREEN, "review")
    tab.wait_for_text("[data-part=note]", "Je opname is veilig bewaard")
    mime = str(tab.run("() => window.recordedParts[0].type"))
    return str(tab.run(HASH_PARTS)), mime
