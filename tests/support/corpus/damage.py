"""Honest clips that were cut off, flipped, shuffled or mixed: a bad line, or a bad hand."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import partial

from support.corpus.cases import Bench, Case
from support.corpus.recipes import ACCEPTED

CUTS = (0.003, 0.03, 0.1, 0.3, 0.5, 0.8, 0.97, 0.999)
FLIPS = 8
HEAD = 600


def cases() -> Iterator[Case]:
    for base in ACCEPTED:
        stem, _, extension = base.partition(".")
        for number, share in enumerate(CUTS):
            make = partial(_cut, base=base, share=share)
            yield Case(f"cut-{number:02}-{stem}.{extension}", "truncated", make)
        for number in range(FLIPS):
            name = f"flip-{number:02}-{stem}.{extension}"
            yield Case(name, "bit-flipped", partial(_flipped, base=base, name=name, how=number))
        for number in range(len(MIXERS)):
            name = f"mixed-{number:02}-{stem}.{extension}"
            yield Case(name, "rearranged", partial(_mixed, base=base, name=name, how=number))


def _cut(bench: Bench, *, base: str, share: float) -> bytes:
    whole = bench.base(base)
    return whole[: max(1, int(len(whole) * share))]


def _flipped(bench: Bench, *, base: str, name: str, how: int) -> bytes:
    """Few or many bits; in the head, in the tail (where moov is), or anywhere."""
    chance, made = bench.chance(name), bytearray(bench.base(base))
    amount = (1, 3, 10, 40, 200)[how % 5]
    ranges = ((0, len(made)), (4, min(HEAD, len(made))), (max(0, len(made) - HEAD * 3), len(made)))
    first, last = ranges[how % 3]
    for _ in range(amount):
        at = chance.randrange(first, last)
        made[at] = chance.choice(
            (made[at] ^ 1 << chance.randrange(8), 0, 0xFF, 0x7F, 0x80, chance.randrange(256))
        )
    return bytes(made)


def _mixed(bench: Bench, *, base: str, name: str, how: int) -> bytes:
    chance, whole = bench.chance(name), bench.base(base)
    return MIXERS[how](chance, whole, bench)


def _blanked(chance: random.Random, whole: bytes, _bench: Bench) -> bytes:
    at = chance.randrange(len(whole) // 8, len(whole) // 2)
    length = chance.randrange(50, len(whole) // 4)
    return (whole[:at] + bytes(length) + whole[at + length :])[: len(whole)]


def _taken_out(chance: random.Random, whole: bytes, _bench: Bench) -> bytes:
    at = chance.randrange(len(whole) // 8, len(whole) // 2)
    return whole[:at] + whole[at + chance.randrange(1, len(whole) // 4) :]


def _twice(chance: random.Random, whole: bytes, _bench: Bench) -> bytes:
    at = chance.randrange(40, len(whole) // 2)
    again = whole[at : at + chance.randrange(100, len(whole) // 2)]
    return whole[:at] + again * 3 + whole[at:]


def _shuffled(chance: random.Random, whole: bytes, _bench: Bench) -> bytes:
    kept, rest = whole[:200], whole[200:]
    pieces = [rest[at : at + 256] for at in range(0, len(rest), 256)]
    chance.shuffle(pieces)
    return kept + b"".join(pieces)


def _followed(chance: random.Random, whole: bytes, bench: Bench) -> bytes:
    return whole + bench.base(chance.choice(list(ACCEPTED)))


def _grafted(chance: random.Random, whole: bytes, bench: Bench) -> bytes:
    other = bench.base(chance.choice(list(ACCEPTED)))
    at = chance.randrange(30, len(whole))
    return whole[:at] + other[chance.randrange(len(other) // 2) :]


Mixer = Callable[[random.Random, bytes, Bench], bytes]
MIXERS: tuple[Mixer, ...] = (_blanked, _taken_out, _twice, _shuffled, _followed, _grafted)
