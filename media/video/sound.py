"""Makes every clip equally loud: measured first, then one gain for the whole clip and a limiter.

A clip is heard once while its wav is made. From that comes a gain; where the limiter would take a
part of it back (a voice with high peaks) the clip is heard a second time as it would be delivered.
Filter chains and rules only; running them is left to `commands` and `normalise`. Loudness is in
LUFS as ITU-R BS.1770 defines it, of the sound as one channel; peaks and gains are in dB.
"""

from __future__ import annotations

import math

TARGET_LUFS = -16.0
# One dB below the promise of -1 dBTP: between two samples, and after coding, sound goes higher (by
# 0.5 dB in AAC of a voice).
CEILING_DB = -2.0
# Speech 29 dB too soft is still brought to the target. What is softer is mostly the room.
MAX_GAIN_DB = 30.0
# What ebur128 says when no moment of the clip was above its absolute gate.
SILENCE_LUFS = -70.0
# A limiter never takes more than the peaks stick out, so up to here it is not worth a hearing.
HARMLESS_DB = 1.0
# Beyond this the peaks are knocks and clicks; more gain would only press the voice flat.
MAX_CORRECTION_DB = 3.0

RATE = 48000
LOOKAHEAD_MS = 5
# Both tracks of a clip start together on the player's clock: a sound that starts later is preceded
# by silence and a hole is filled, so that the time of a word in the wav is its time in the player.
# Without rematrix_maxval two channels become a sum, 3 dB too loud, that the 16 bit wav would clip.
# Measured and delivered at the same rate: at 16 kHz a hiss measured 5 LU too soft.
ALIGN = (
    f"aresample={RATE}:async=1:first_pts=0:rematrix_maxval=1,"
    f"aformat=sample_rates={RATE}:channel_layouts=mono"
)
LOUDNESS_KEY = "lavfi.r128.I"
# A line per 100 ms on the standard output, between those of -progress; `direct` keeps lines whole.
# The summary on stderr would need -v info, which also prints the metadata of the maker.
MEASURE = (
    f"ebur128=metadata=1:framelog=verbose,ametadata=mode=print:key={LOUDNESS_KEY}:file=-:direct=1"
)


class Loudness:
    """Takes what ffmpeg prints while it measures; `lufs` is the loudness of all so far.

    None when nothing was measured, or nothing louder than silence.
    """

    def __init__(self) -> None:
        self.lufs: float | None = None

    def take(self, line: str) -> None:
        name, _, value = line.strip().partition("=")
        if name != LOUDNESS_KEY:
            return
        try:
            lufs = float(value)
        except ValueError:
            lufs = math.nan
        self.lufs = lufs if math.isfinite(lufs) and lufs > SILENCE_LUFS else None


def gain_for(lufs: float | None) -> float:
    """Return the dB that bring a clip to the target; 0 for silence, which stays what it is."""
    return 0.0 if lufs is None else min(TARGET_LUFS - lufs, MAX_GAIN_DB)


def is_limited(gain_db: float, peak: float) -> bool:
    """Tell whether the limiter audibly lowers a clip with this highest sample (0..1).

    A full-scale sample may have been cut off in the wav: how high it really was is not known.
    """
    if peak >= 1.0 - 2**-14:
        return True
    return peak > 0 and 20 * math.log10(peak) + gain_db > CEILING_DB + HARMLESS_DB


def corrected_gain(gain_db: float, limited_lufs: float | None) -> float:
    """Return the gain that makes up for what the limiter took at the first gain.

    `limited_lufs` is the loudness measured behind the limiter at `gain_db`.
    """
    if limited_lufs is None:
        return gain_db
    lost = min(max(TARGET_LUFS - limited_lufs, 0.0), MAX_CORRECTION_DB)
    return min(gain_db + lost, MAX_GAIN_DB)


def delivered(gain_db: float) -> str:
    """Return the filter chain of the delivered sound: in step, mono, at a gain, without clipping.

    The limiter looks ahead and is that much late; cutting its first moment puts the sound back.
    (Its own option for that is newer than some ffmpegs in use.) It must not level by itself.
    """
    limit = f"alimiter=limit={10 ** (CEILING_DB / 20):.4f}:attack={LOOKAHEAD_MS}:level=false"
    on_time = f"atrim=start_sample={RATE * LOOKAHEAD_MS // 1000},asetpts=PTS-STARTPTS"
    return f"{ALIGN},volume={gain_db:.2f}dB,{limit},{on_time}"
