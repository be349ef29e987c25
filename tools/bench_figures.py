"""A line of figures, as every part of the bench prints it."""

from __future__ import annotations


def tell(what: str, figure: str, target: str = "", *, is_met: bool | None = None) -> None:
    verdict = {True: "ok", False: "NOT MET", None: ""}[is_met]
    print(f"{what:52} {figure:>14}  {target:20} {verdict}".rstrip(), flush=True)
