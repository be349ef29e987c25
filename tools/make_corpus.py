"""Writes the crafted files of the tests to a folder: `python tools/make_corpus.py FOLDER [SEED]`.

To look at one, or to try another decoder on all of them. The tests make the same files in memory;
what they are stands in tests/support/corpus.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from support.corpus import Bench, Canary, list_cases
from support.corpus.cases import SEED


def main(arguments: list[str]) -> int:
    if not arguments:
        print(__doc__)
        return 2
    folder = Path(arguments[0]).resolve()
    bases = folder / "bases"
    bases.mkdir(parents=True, exist_ok=True)
    bench = Bench(bases, Canary(bases), seed=int(arguments[1]) if arguments[1:] else SEED)
    for name in ("canary.ts", "canary.mp4", "canary.png"):
        bench.path(name)
    bench.canary.text.write_bytes(Canary.TEXT)
    families: dict[str, int] = {}
    for case in list_cases():
        (folder / case.name).write_bytes(case.make(bench))
        families[case.family] = families.get(case.family, 0) + 1
    for family, count in sorted(families.items()):
        print(f"{count:5} {family}")
    print(f"{sum(families.values()):5} files in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
