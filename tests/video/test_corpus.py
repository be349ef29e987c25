"""Every file of the corpus through the pipeline: refused with a known code, or a clip that holds.

The files are made by tests/support/corpus; `make test` takes a sample, `make test-all` all of
them. Beside each lie another person's files, and somebody counts who opens them or calls.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import wave
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest
from support.contract import require_contract
from support.corpus import Bench, Canary, Case, list_cases, sample
from support.corpus.carried import PLACE, SECRET
from support.corpus.cases import DELIVERED, NOBODY_OPENS, SEED
from support.corpus.passage import Passage, send
from support.corpus.watch import Watch

from lms.web.messages import CLIPS
from media.video import sandbox
from media.video.errors import FailureCode, RefusalCode
from media.video.outputs import FileKind
from media.video.sandbox import SandboxDetail, SandboxKind, SandboxStatus

SAMPLE = 150
VERDICTS = {
    *(code.value for code in RefusalCode),
    *(FailureCode.DECODER_FAILED.value, FailureCode.RESOURCE_LIMIT.value),
}
"""What may be said of a file. The other failures are about the machine."""

MOST_CPU_SECONDS = 30.0
MOST_MEBIBYTES = 350.0
"""Of one file and one program. Twice what the worst file took when this was written."""

EVERYTHING = list_cases()
SAMPLED = sample(SAMPLE)
FAMILIES = sorted({case.family for case in EVERYTHING})


def is_opened(case: Case) -> bool:
    """Whether a program of ours gets to see a file that points elsewhere."""
    return case.points_elsewhere and case.expect != NOBODY_OPENS


@pytest.fixture(scope="module")
def callers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """A port of this machine, and the file in which its callers are written down."""
    log = tmp_path_factory.mktemp("callers") / "log"
    program = (
        "import socket, sys\ns = socket.create_server(('127.0.0.1', 0))\n"
        "print(s.getsockname()[1], flush=True)\n"
        "while True:\n"
        "    s.accept()[0].close()\n"
        "    open(sys.argv[1], 'a').write('.')\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, log], stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        try:
            yield int(server.stdout.readline()), log
        finally:
            server.kill()


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory, callers: tuple[int, Path]) -> Bench:
    folder = tmp_path_factory.mktemp("corpus")
    made = Bench(folder, Canary(folder, callers[0]))
    for name in ("canary.ts", "canary.mp4", "canary.png"):
        made.path(name)
    made.canary.text.write_bytes(Canary.TEXT * 200)
    return made


@pytest.fixture
def passage(bench: Bench, tmp_path: Path) -> Iterator[Path]:
    """A folder that is emptied afterwards: thousands of clips would fill the disk."""
    yield tmp_path
    shutil.rmtree(tmp_path / "way", ignore_errors=True)
    assert not (bench.folder / "out").exists()


def pass_through(case: Case, bench: Bench, callers: tuple[int, Path], folder: Path) -> Passage:
    """Send a file from the folder of the canaries; assert that none of them was touched."""
    source = bench.folder / case.name
    source.write_bytes(case.make(bench))
    try:
        with Watch(bench.folder) as watch:
            passage = send(source, folder / "way")
            opened = watch.opened()
    finally:
        source.unlink()
    others = {name for name in opened if name.startswith("canary")}
    assert not others, f"somebody else's file was opened: {others}"
    assert not callers[1].exists(), "somebody called"
    return passage


def require_verdict(case: Case, passage: Passage) -> None:
    assert passage.outcome in {*VERDICTS, DELIVERED}, passage.detail
    if passage.outcome != DELIVERED:
        assert passage.outcome in CLIPS, "a refusal without a sentence"
    if case.expect:
        assert passage.outcome in case.expect
    assert passage.cost.cpu_seconds <= MOST_CPU_SECONDS
    assert passage.cost.mebibytes <= MOST_MEBIBYTES


def mean_colour(picture: Path) -> tuple[int, int, int]:
    command = ["ffmpeg", "-nostdin", "-v", "error", "-i", picture, "-vf", "scale=1:1,format=rgb24"]
    done = subprocess.run([*command, "-f", "rawvideo", "-"], capture_output=True, check=True)
    red, green, blue = done.stdout[:3]
    return red, green, blue


def loudest_hertz(wav: Path) -> float:
    with wave.open(str(wav)) as file:
        heard = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)
    return float(np.abs(np.fft.rfft(heard)).argmax()) * 16000 / max(heard.size, 1)


def require_no_leak(case: Case, passage: Passage) -> None:
    """Nothing of the canary in bytes, colour or tone; nothing that the maker wrote in the file."""
    made = passage.made
    if made is None:
        return
    for file in made.files:
        content = file.path.read_bytes()
        for secret in (Canary.TEXT[:20], SECRET, PLACE):
            assert secret not in content, file.kind
    poster = made.file(FileKind.POSTER)
    if poster is not None and case.points_elsewhere:
        red, green, blue = mean_colour(poster.path)
        assert not (red > 180 and blue > 180 and green < 80), "the canary's magenta"
    speech = made.file(FileKind.WAV)
    assert speech is not None
    assert abs(loudest_hertz(speech.path) - 3000) > 20, "the canary's tone"


def require_all(case: Case, bench: Bench, callers: tuple[int, Path], folder: Path) -> None:
    found = pass_through(case, bench, callers, folder)
    require_verdict(case, found)
    if found.made is not None:
        require_contract(found.made)
    require_no_leak(case, found)


@pytest.fixture
def no_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where user namespaces are forbidden."""
    status = SandboxStatus(SandboxKind.LIMITS_ONLY, SandboxDetail.NAMESPACES_FORBIDDEN)
    monkeypatch.setattr(sandbox, "sandbox_status", lambda: status)


@pytest.mark.parametrize("case", SAMPLED, ids=lambda case: case.name)
def test_a_crafted_file_is_refused_or_becomes_a_clip_that_holds(
    case: Case, bench: Bench, callers: tuple[int, Path], passage: Path
) -> None:
    require_all(case, bench, callers, passage)


@pytest.mark.usefixtures("no_sandbox")
@pytest.mark.parametrize("case", list(filter(is_opened, SAMPLED)), ids=lambda case: case.name)
def test_without_the_sandbox_a_reference_leads_nowhere_either(
    case: Case, bench: Bench, callers: tuple[int, Path], passage: Path
) -> None:
    """There only the whitelists stand between two people's clips."""
    require_all(case, bench, callers, passage)


def require_each(
    cases: Iterable[Case], bench: Bench, callers: tuple[int, Path], folder: Path
) -> None:
    """Send all of them, whatever becomes of the others; say which were wrong."""
    wrong = []
    for case in cases:
        try:
            require_all(case, bench, callers, folder)
        except Exception as error:  # noqa: BLE001 -- whatever it was, it is told at the end
            wrong.append(f"{case.name}: {type(error).__name__}: {error}"[:500])
        shutil.rmtree(folder / "way", ignore_errors=True)
    assert not wrong, "\n".join(wrong)


@pytest.mark.matrix
@pytest.mark.parametrize("family", FAMILIES)
def test_a_whole_family_of_crafted_files(
    family: str, bench: Bench, callers: tuple[int, Path], passage: Path
) -> None:
    cases = (case for case in EVERYTHING if case.family == family and case not in SAMPLED)
    require_each(cases, bench, callers, passage)


@pytest.mark.matrix
@pytest.mark.usefixtures("no_sandbox")
def test_all_references_without_the_sandbox(
    bench: Bench, callers: tuple[int, Path], passage: Path
) -> None:
    cases = (case for case in EVERYTHING if is_opened(case) and case not in SAMPLED)
    require_each(cases, bench, callers, passage)


def test_the_canary_would_be_seen(bench: Bench, tmp_path: Path) -> None:
    """The control: ffmpeg without our guards opens it and gives it away."""
    wanted = f"ffconcat version 1.0\nfile {bench.canary.stream.name}\n"
    crafted = bench.folder / "control.mp4"
    crafted.write_text(wanted)
    with Watch(bench.folder) as watch:
        command = ["ffmpeg", "-nostdin", "-v", "error", "-i", crafted, "-frames:v", "1"]
        subprocess.run([*command, tmp_path / "leak.png"], check=True, timeout=60)
        assert bench.canary.stream.name in watch.opened()
    crafted.unlink()
    red, green, blue = mean_colour(tmp_path / "leak.png")
    assert red > 180
    assert blue > 180
    assert green < 80
    sound = tmp_path / "leak.wav"
    command = ["ffmpeg", "-nostdin", "-v", "error", "-i", bench.canary.clip, "-ac", "1"]
    subprocess.run([*command, "-ar", "16000", "-vn", sound], check=True, timeout=60)
    assert loudest_hertz(sound) == pytest.approx(3000, abs=5)


def test_the_corpus_is_large_and_the_same_every_time(bench: Bench) -> None:
    assert len(EVERYTHING) >= 1500
    assert len(SAMPLED) == SAMPLE
    assert {case.family for case in SAMPLED} == set(FAMILIES)
    again = Bench(bench.folder, bench.canary, seed=SEED)
    other = Bench(bench.folder, bench.canary, seed=SEED + 1)
    flipped = [case for case in EVERYTHING if case.name.startswith("flip-01-voice")]
    assert flipped
    for case in flipped:
        assert case.make(bench) == case.make(again)
        assert case.make(bench) != case.make(other)
