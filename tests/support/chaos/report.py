"""The one table that a run of the chaos tests ends with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from support.chaos.campaign import Line, Outcome

ALL = "all, and at rest"


@dataclass
class Report:
    """What the tests of a run found: kills by step, and a sentence for everything else."""

    outcomes: list[Outcome] = field(default_factory=list)
    findings: list[tuple[str, str, str]] = field(default_factory=list)
    """What happened, on which database, and what came of it."""

    def add(self, happened: str, database: str, found: str) -> None:
        self.findings.append((happened, database, found))

    def lines(self) -> list[str]:
        """The table as it is printed and pasted; empty when nothing was found."""
        found = _kills(self.outcomes) if self.outcomes else []
        if self.findings:
            wide = max(len(happened) for happened, _database, _found in self.findings)
            found += ["", f"{'also happened':<{wide}}  {'on':<10}  found"]
            found.append("-" * len(found[-1]))
            found += [f"{what:<{wide}}  {on:<10}  {told}" for what, on, told in self.findings]
        return found


def _kills(outcomes: Sequence[Outcome]) -> list[str]:
    steps = sorted({step for outcome in outcomes for step in outcome.lines})
    head = f"{'killed at':<22}" + "".join(
        f"{outcome.database:>12} {'lost':>5} {'twice':>6} {'half':>5}" for outcome in outcomes
    )
    lines = [head, "-" * len(head)]
    lines += [
        f"{step:<22}" + "".join(_cells(outcome, step) for outcome in outcomes)
        for step in [*steps, ALL]
    ]
    lines += [
        f"{outcome.database}: {outcome.kept} takes acknowledged, {outcome.erased} erased again, "
        f"{outcome.wall_seconds:.0f} s"
        for outcome in outcomes
    ]
    return lines


def _cells(outcome: Outcome, step: str) -> str:
    line = outcome.lines.get(step)
    if step == ALL:
        line = Line(outcome.kills, outcome.wrong)
    if line is None:
        return f"{'-':>12} {'':>5} {'':>6} {'':>5}"
    wrong = line.wrong
    return f"{line.kills:>12} {len(wrong.lost):>5} {len(wrong.twice):>6} {len(wrong.half):>5}"
