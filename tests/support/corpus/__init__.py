"""More than 1,500 crafted files: what arrives when somebody means ill, or when a phone fails.

`list_cases` names them; a case makes its bytes from small clips that the real ffmpeg made and from
chance with a fixed seed. `tools/make_corpus.py` writes them to a folder to look at; the test that
sends each of them through the pipeline is tests/video/test_corpus.py.

- `cases`, `recipes`: what a case is, and the clips it starts from
- `boxes`, `ebml`: the two ways in which clips are built, for making them wrong
- `references`: playlists and containers that point at other files
- `disguise`: other formats, pictures, archives and pages
- `damage`: truncated, bit-flipped, rearranged
- `floods`: frames, streams, pixels, durations
- `bombs`: metadata, compression, recursion
- `iso`, `blocks`, `ogg`: lies inside movies, Matroska and Ogg
- `carried`: metadata of the maker, covers, data tracks
- `grammar`: chance
"""

from __future__ import annotations

import random
from itertools import chain

from support.corpus import (
    blocks,
    bombs,
    carried,
    damage,
    disguise,
    floods,
    grammar,
    iso,
    ogg,
    references,
)
from support.corpus.cases import SEED, Bench, Canary, Case, named

FAMILIES = (references, disguise, damage, floods, bombs, iso, blocks, ogg, carried, grammar)


def list_cases() -> list[Case]:
    """Every case, always in the same order."""
    return list(named(chain.from_iterable(family.cases() for family in FAMILIES)))


def sample(count: int, *, seed: int = SEED) -> list[Case]:
    """`count` cases: at least two of each family, and the rest by chance."""
    chance = random.Random(seed)  # noqa: S311 -- a choice of tests, not a secret
    everything = list_cases()
    chance.shuffle(everything)
    found: dict[str, list[Case]] = {}
    for case in everything:
        found.setdefault(case.family, []).append(case)
    chosen = [case for cases in found.values() for case in cases[:2]]
    names = {case.name for case in chosen}
    chosen += [case for case in everything if case.name not in names][: count - len(chosen)]
    return sorted(chosen, key=lambda case: case.name)


__all__ = ["Bench", "Canary", "Case", "list_cases", "sample"]
