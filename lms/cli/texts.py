"""The words of the command line: Dutch, or English where the shell speaks English.

No gettext here: the terminal follows the shell's locale, not a person's choice in the site, and
a handful of lines in two plain tables is easier to keep complete.
"""

from __future__ import annotations

import os
import shutil
import sys
from functools import cache
from pathlib import Path

from lms.cli.words_en import ENGLISH
from lms.cli.words_nl import DUTCH

LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


@cache
def language() -> str:
    """`en` when the first locale variable that is set says so; `nl` in every other case."""
    for name in LOCALE_VARIABLES:
        value = os.environ.get(name, "")
        if value:
            return "en" if value.lower().startswith("en") else "nl"
    return "nl"


@cache
def program() -> str:
    """How to call us in this shell: `lms`, or with its folder when that is not on the path."""
    script = Path(sys.executable).parent / "lms"
    found = shutil.which("lms")
    if found is not None and Path(found) == script:
        return "lms"
    if not script.is_file():
        return "python -m lms.cli"
    here = Path.cwd()
    return str(script.relative_to(here) if script.is_relative_to(here) else script)


def say(text: str, **params: object) -> str:
    """The sentence called `text` with its parameters filled in. KeyError for an unknown one.

    Every sentence may name this very program as `{lms}`.
    """
    words = ENGLISH if language() == "en" else DUTCH
    return words[text].format(lms=program(), **params)
