"""Compiles the translations (.po to .mo) whenever the project is built or installed.

Only the readable .po files are committed. An editable install gets its .mo files beside them, a
wheel carries them. `python hatch_build.py` does the same by hand (`make translations`).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CATALOGUES = "lms/translations/*/LC_MESSAGES/*.po"


def compile_catalogues(root: Path) -> list[Path]:
    """Write every .mo anew; returns where they are. Fuzzy entries are left out."""
    made = []
    for source in sorted(root.glob(CATALOGUES)):
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parent.parent.name)
        target = source.with_suffix(".mo")
        with target.open("wb") as file:
            write_mo(file, catalogue)
        made.append(target)
    return made


class TranslationsHook(BuildHookInterface[Any]):
    """Hatchling calls this before it collects files."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 -- hatchling's signature
        root = Path(self.root)
        # Ignored by git, and so by hatchling, unless they are named.
        build_data["artifacts"] += [
            made.relative_to(root).as_posix() for made in compile_catalogues(root)
        ]


if __name__ == "__main__":
    for path in compile_catalogues(Path(__file__).resolve().parent):
        sys.stdout.write(f"{path}\n")
