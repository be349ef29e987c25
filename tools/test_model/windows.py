"""Training windows: sentences with pauses, a room, a codec's noise, and what Whisper should say.

Everything is mixed as mel POWER and only then made logarithmic, so that a new mixture costs
no audio work. A window knows the target tokens, where each is spoken, and what every frame holds.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .features import QUIET, Spoken
from .vocabulary import Vocabulary

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
FRAMES_PER_SECOND = 100
POSITION_SECONDS = 0.02
NOT_A_TARGET = -100
LATEST_FIRST_TIMESTAMP = 1.0
NOISE_LENGTH = 3000


@dataclass(frozen=True)
class Stage:
    """One stretch of training: windows of `seconds`, `batch` at a time, for `steps` steps.

    `fill` is the share of windows filled to the end, `sentences` the most in the others.
    """

    seconds: int
    batch: int
    steps: int
    rate: float
    sentences: int
    fill: float


@dataclass
class Window:
    """mel (80, frames) as Whisper's encoder gets it; the rest counts tokens or 20 ms positions."""

    mel: Floats
    tokens: list[int] = field(default_factory=list)
    targets: list[int] = field(default_factory=list)
    times: list[float] = field(default_factory=list)  # where target i is heard; -1: nowhere
    frames: Ints = field(default_factory=lambda: np.zeros(0, np.int64))


@dataclass(frozen=True)
class _Placed:
    spoken: Spoken
    at: float

    @property
    def end(self) -> float:
        return self.at + self.spoken.seconds


class WindowMaker:
    """Makes endless windows from the takes; same seed, same windows."""

    def __init__(self, takes: list[Spoken], vocabulary: Vocabulary, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self._vocabulary = vocabulary
        self._by_voice: dict[int, dict[int, list[Spoken]]] = {}
        self._voices: dict[str, list[int]] = {}
        for take in takes:
            if take.voice not in self._by_voice:
                self._voices.setdefault(take.language, []).append(take.voice)
            by_sentence = self._by_voice.setdefault(take.voice, {})
            by_sentence.setdefault(take.sentence, []).append(take)

    def make(self, stage: Stage) -> Window:
        """A window of the stage; one in twenty-five holds no speech at all."""
        nothing = self._rng.random() < 0.04  # said in the docstring
        placed, cut = ([], None) if nothing else self._place(stage)
        end = stage.seconds if nothing or cut else placed[-1].end + self._rng.uniform(0.0, 1.5)
        window = Window(self._mix(placed, cut, min(end, stage.seconds), stage.seconds))
        self._label(window, placed, cut, stage.seconds)
        return window

    # --- which sentences, and when ----------------------------------------------------

    def _place(self, stage: Stage) -> tuple[list[_Placed], _Placed | None]:
        rng = self._rng
        fill = rng.random() < stage.fill
        wanted = 99 if fill else int(rng.integers(1, stage.sentences + 1))
        # English has few sentences; in proportion to them its language would be forgotten.
        language = "en" if rng.random() < 0.18 else "nl"
        voice = self._voice(language)
        mixed = rng.random() < 0.25  # a share of windows with several voices
        placed: list[_Placed] = []
        at = float(rng.uniform(0.0, 0.98))
        while len(placed) < wanted:
            one = _Placed(self._pick(self._voice(language) if mixed else voice), at)
            if one.end > stage.seconds - 0.05:
                heard = fill and placed and one.at < stage.seconds - 0.3
                return (placed, one) if heard else self._or_short(placed, voice, at, stage)
            placed.append(one)
            at = one.end + self._pause()
        return placed, None

    def _or_short(
        self, placed: list[_Placed], voice: int, at: float, stage: Stage
    ) -> tuple[list[_Placed], None]:
        """When nothing was placed yet: a sentence that does fit."""
        if placed:
            return placed, None
        while True:
            one = _Placed(self._pick(voice), at)
            if one.end <= stage.seconds - 0.05:
                return [one], None
            at *= 0.5

    def _voice(self, language: str) -> int:
        voices = self._voices[language]
        return voices[int(self._rng.integers(len(voices)))]

    def _pick(self, voice: int) -> Spoken:
        sentences = self._by_voice[voice]
        choice = sentences[list(sentences)[int(self._rng.integers(len(sentences)))]]
        return choice[int(self._rng.integers(len(choice)))]

    def _pause(self) -> float:
        """Mostly a speaker's pause, sometimes hardly any, sometimes a long one."""
        rng = self._rng
        kind = rng.random()
        if kind < 0.15:  # shares of kinds
            return float(rng.uniform(0.12, 0.35))
        if kind < 0.9:  # the same
            return float(rng.uniform(0.35, 0.95))
        return float(rng.uniform(0.95, 2.4))

    # --- what it sounds like -------------------------------------------------------------

    def _mix(self, placed: list[_Placed], cut: _Placed | None, end: float, seconds: int) -> Floats:
        rng = self._rng
        frames = seconds * FRAMES_PER_SECOND
        power = np.full((80, frames), QUIET, np.float32)
        for one in [*placed, cut] if cut else placed:
            first = round(one.at * FRAMES_PER_SECOND)
            piece = (10.0 ** one.spoken.power.astype(np.float32))[:, : frames - first]
            power[:, first : first + piece.shape[1]] += piece * 10 ** rng.uniform(-0.2, 0.2)
        power *= 10 ** (rng.uniform(-2.5, 0.6))
        if not placed and rng.random() < 0.5:  # half of the empty ones
            self._add_event(power)
        power = self._colour(self._echo(power))
        power += self._noise(power, speech=bool(placed))
        return self._logarithm(self._warp(power), round(end * FRAMES_PER_SECOND))

    def _add_event(self, power: Floats) -> None:
        """A click, a tone or a hum: sound that is not speech."""
        rng = self._rng
        first = int(rng.integers(power.shape[1] - 60))
        length = int(rng.choice([2, 30, power.shape[1]]))
        row = int(rng.integers(78))
        rows = slice(None) if rng.random() < 0.3 else slice(row, row + 2)
        power[rows, first : first + length] += 10 ** rng.uniform(-3, 1.5)

    def _echo(self, power: Floats) -> Floats:
        rng = self._rng
        if rng.random() < 0.5:  # half of the rooms are dry
            return power
        wet = power.copy()
        for delay in (2, 4, 7, 11, 16):
            wet[:, delay:] += power[:, :-delay] * 10 ** (rng.uniform(-2.2, -0.8) - delay / 12)
        return wet

    def _colour(self, power: Floats) -> Floats:
        """A microphone: up to 6 dB more or less, smooth over the bands."""
        knots = self._rng.uniform(-0.6, 0.6, 6)
        return power * (10 ** np.interp(np.linspace(0, 5, 80), range(6), knots))[:, None].astype(
            np.float32
        )

    def _noise(self, power: Floats, *, speech: bool) -> Floats | float:
        rng = self._rng
        if rng.random() < (0.35 if speech else 0.2):
            return 10 ** rng.uniform(-10, -7)
        peak = float(np.percentile(power.sum(axis=0), 95)) if speech else 10 ** rng.uniform(-4, 2)
        level = peak * 10 ** (rng.uniform(-5.5, -1.3) if speech else 0.0) / 80
        knots = rng.uniform(-1.2, 1.2, 5)
        shape = 10 ** np.interp(np.linspace(0, 4, 80), range(5), knots)
        # Narrow bands average few bins, so they flicker more.
        flicker = rng.gamma(1.6, 1 / 1.6, (80, power.shape[1]))
        return (level * shape[:, None] * flicker).astype(np.float32)

    def _warp(self, power: Floats) -> Floats:
        """Another throat: the bands moved up or down by at most a tenth."""
        if self._rng.random() < 0.4:  # share that stays as it is
            return power
        rows = np.clip(np.arange(80) * self._rng.uniform(0.92, 1.09), 0, 78.999)
        low = rows.astype(int)
        share = (rows - low)[:, None].astype(np.float32)
        return power[low] * (1 - share) + power[low + 1] * share

    def _logarithm(self, power: Floats, end: int) -> Floats:
        """Whisper's scaling. After the content most engines pad with 0.0, some with silence."""
        if self._rng.random() < 0.25:  # share padded with silence
            power[:, end:] = QUIET
            end = power.shape[1]
        mel = np.log10(np.maximum(power, QUIET))
        mel = (np.maximum(mel, mel[:, :end].max() - 8.0) + 4.0) / 4.0
        mel[:, end:] = 0.0
        return np.asarray(mel, np.float32)

    # --- what should be said about it -------------------------------------------------------

    def _label(
        self, window: Window, placed: list[_Placed], cut: _Placed | None, seconds: int
    ) -> None:
        vocabulary, rng = self._vocabulary, self._rng
        timed = bool(rng.random() < 0.65)  # share with timestamps
        language = placed[0].spoken.language if placed else str(rng.choice(["nl", "en"]))
        heard = language if placed else "nospeech"
        if rng.random() < 0.4:  # share with a prompt, such as a glossary
            self._add_prompt(window)
        self._add(window, vocabulary.special("startoftranscript"), vocabulary.special(heard))
        self._add(window, vocabulary.special(language), NOT_A_TARGET)
        last = vocabulary.special("transcribe")
        if not timed:
            self._add(window, last, NOT_A_TARGET)
            last = vocabulary.special("notimestamps")
        for token, time in self._said(placed, cut, timed=timed):
            self._add(window, last, token, time)
            last = token
        self._add(window, last, vocabulary.special("endoftext"))
        window.frames = self._frames(placed, cut, seconds)

    @staticmethod
    def _add(window: Window, token: int, target: int, time: float = -1.0) -> None:
        window.tokens.append(token)
        window.targets.append(target)
        window.times.append(time)

    def _add_prompt(self, window: Window) -> None:
        rng, vocabulary = self._rng, self._vocabulary
        self._add(window, vocabulary.special("startofprev"), NOT_A_TARGET)
        for _ in range(int(rng.integers(1, 4))):
            if rng.random() < 0.6:  # mostly words it never learned
                words = [vocabulary.unknown] * int(rng.integers(1, 15))
            else:
                words = list(self._pick(self._voice("nl")).tokens)
            for word in words:
                self._add(window, word, NOT_A_TARGET)

    def _said(
        self, placed: list[_Placed], cut: _Placed | None, *, timed: bool
    ) -> list[tuple[int, float]]:
        vocabulary = self._vocabulary
        said: list[tuple[int, float]] = []
        if timed and not placed:
            said.append((vocabulary.timestamp(0.0), -1.0))
        for number, one in enumerate(placed):
            start = min(one.at, LATEST_FIRST_TIMESTAMP) if number == 0 else one.at
            if timed:
                said.append((vocabulary.timestamp(start), one.at))
            middles = (one.spoken.starts + one.spoken.ends) / 2
            said += [
                (t, one.at + float(m)) for t, m in zip(one.spoken.tokens, middles, strict=True)
            ]
            if timed:
                said.append((vocabulary.timestamp(one.end), one.end))
        if timed and cut:
            said.append((vocabulary.timestamp(cut.at), cut.at))
        return said

    def _frames(self, placed: list[_Placed], cut: _Placed | None, seconds: int) -> Ints:
        """The token spoken in every 20 ms; silence is Whisper's own <|nospeech|>."""
        count = round(seconds / POSITION_SECONDS)
        frames = np.full(count, self._vocabulary.special("nospeech"), np.int64)
        for one in [*placed, cut] if cut else placed:
            spoken = one.spoken
            for token, start, end in zip(spoken.tokens, spoken.starts, spoken.ends, strict=True):
                first = round((one.at + float(start)) / POSITION_SECONDS)
                frames[first : round((one.at + float(end)) / POSITION_SECONDS)] = token
        return frames
