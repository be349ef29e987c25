"""How much is still to be sent when "stop" is pressed: on a good line, a slow one, an old phone.

Chromium's own test picture is so plain that no recording of it is large: here the camera shows a
picture full of noise that moves, which takes all the bits it may have.

Bytes are asserted, for they do not depend on how busy this machine is; seconds are printed (-s).
The long ones are part of `make test-all`.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from live.booth import ALLOWED, HASH_PARTS, Site, Visit, note, on_screen, press, stop, use
from playwright.sync_api import Browser, Page, expect

from courses.terms import TakeState

MEGABYTE = 1_000_000
SLICES = 4
"""So many seconds of a recording may be under way at "stop": the one that is made, the one that is
cut, the one that is sent, and one for a machine that does something else."""

METER = """
  window.meter = { acknowledged: 0, atStop: null, stoppedAt: null, wholeAt: null, rates: null };
  const call = window.fetch;
  window.fetch = async (address, options = {}) => {
    const answer = await call(address, options);
    if (options.method === "PATCH" && answer.ok) {
      window.meter.acknowledged = Number(answer.headers.get("Upload-Offset"));
      window.meter.wholeAt = performance.now();
    }
    return answer;
  };
  window.MediaRecorder = class extends MediaRecorder {
    constructor(stream, wishes) {
      super(stream, wishes);
      window.meter.rates = wishes.videoBitsPerSecond + wishes.audioBitsPerSecond;
    }
    stop() {
      window.meter.atStop = window.meter.acknowledged;
      window.meter.stoppedAt = performance.now();
      super.stop();
    }
  };
"""


@dataclass(frozen=True)
class Way:
    """How a take is made. `kbit` is the line up (None: as it is), `slower` the processor."""

    seconds: int
    thrifty: bool = False
    kbit: int | None = None
    slower: int = 1


@dataclass(frozen=True)
class Made:
    """What came of it: bytes, bits a second that were asked for, and milliseconds after "stop"."""

    size: int
    left: int
    rates: int
    late: float


@pytest.fixture(scope="module")
def chromium(launch: Callable[..., Browser], tmp_path_factory: pytest.TempPathFactory) -> Browser:
    """Its camera shows a picture that is hard to make small."""
    film = tmp_path_factory.mktemp("camera") / "noise.y4m"
    picture = "testsrc2=size=1280x720:rate=20,noise=alls=12:allf=t"
    drawing = ["-f", "lavfi", "-i", picture, "-t", "1.5", "-pix_fmt", "yuv420p"]
    subprocess.run(["ffmpeg", "-v", "error", *drawing, str(film)], check=True)
    return launch(ALLOWED, f"--use-file-for-fake-video-capture={film}")


def burden(page: Page, way: Way) -> None:
    """Make line and processor as bad as `way` wants."""
    protocol = page.context.new_cdp_session(page)
    if way.slower > 1:
        protocol.send("Emulation.setCPUThrottlingRate", {"rate": way.slower})
    if way.kbit is not None:
        line = {"latency": 100, "downloadThroughput": -1, "uploadThroughput": way.kbit * 125}
        protocol.send("Network.emulateNetworkConditions", {"offline": False, **line})


def make(page: Page, way: Way) -> Made:
    press(page, "camera")
    on_screen(page, "ready")
    if way.thrifty:
        page.locator("details:has([data-part=thrifty]) summary").click()
        page.get_by_label("Zuinig met data").check()
        expect(page.locator(".gg-pick__hint")).to_contain_text("Hoogstens 3 MB per minuut")
        on_screen(page, "ready")
    press(page, "toggle")
    on_screen(page, "recording")
    page.wait_for_timeout(way.seconds * 1000)
    stop(page)
    expect(note(page)).to_contain_text("veilig bewaard")
    size = page.evaluate("window.recordedParts.reduce((sum, part) => sum + part.size, 0)")
    meter: dict[str, Any] = page.evaluate("window.meter")
    late = meter["wholeAt"] - meter["stoppedAt"]
    return Made(size, size - meter["atStop"], meter["rates"], late)


def tell(way: Way, made: Made) -> None:
    print(  # noqa: T201 -- the figures that are asked for
        f"\n{way}: {made.size:,} bytes, asked {made.rates / 1000:.0f} kbit/s, "
        f"{made.left:,} bytes to send at stop, all there {made.late / 1000:.2f} s later"
    )


def kept(site: Site, page: Page) -> bool:
    recorded = page.evaluate(HASH_PARTS)
    use(page)
    return site.takes() == [(TakeState.KEPT, recorded)]


@pytest.mark.parametrize(
    "way",
    [
        Way(20, thrifty=True),
        pytest.param(Way(180), marks=pytest.mark.matrix),
        pytest.param(Way(60, thrifty=True), marks=pytest.mark.matrix),
        pytest.param(Way(60, slower=4), marks=pytest.mark.matrix),
    ],
    ids=str,
)
def test_little_is_left_to_send_at_stop(site: Site, visit: Visit, way: Way) -> None:
    site.limit(200)
    page = visit(script=METER)
    burden(page, way)
    made = make(page, way)
    tell(way, made)
    assert made.left <= MEGABYTE
    assert made.left <= made.size * SLICES / way.seconds
    if way.thrifty:
        assert made.size <= 3 * MEGABYTE * way.seconds / 60
    assert 250_000 <= made.rates <= 1_500_000
    assert kept(site, page)


@pytest.mark.parametrize(
    "way",
    [
        Way(60, kbit=400),
        Way(60, kbit=400, slower=4),
    ],
    ids=str,
)
@pytest.mark.matrix
def test_a_slow_line_gets_a_recording_it_can_carry(site: Site, visit: Visit, way: Way) -> None:
    """Nothing was ever sent over this line: the recorder asks it before it begins."""
    page = visit(script=METER)
    burden(page, way)
    made = make(page, way)
    tell(way, made)
    assert way.kbit is not None
    assert 250_000 <= made.rates <= 0.75 * way.kbit * 1000
    assert made.left <= way.kbit * 125 * 10  # what the line carries in ten seconds
    assert kept(site, page)
