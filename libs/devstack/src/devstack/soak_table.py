"""The table that the soak ends with: a row for each fault, and below it in words what is amiss."""

from collections.abc import Iterator
from dataclasses import dataclass

from devstack.audit import Findings


@dataclass
class Result:
    fault: str
    acknowledged: int
    findings: Findings
    gap_seconds: float
    recovery_seconds: float


_WIDTHS = (64, 13, 6, 9, 11, 13, 14)
_TITLES = ("fault", "acknowledged", "lost", "doubled", "reordered", "longest gap", "recovered in")


def header() -> str:
    return _row(_TITLES)


def line(result: Result) -> str:
    findings = result.findings
    counts = (result.acknowledged, len(findings.lost), len(findings.doubled), len(findings.reordered))
    return _row((result.fault, *map(str, counts), f"{result.gap_seconds:.2f} s", f"{result.recovery_seconds:.2f} s"))


def _row(cells: tuple[str, ...]) -> str:
    first, *others = zip(cells, _WIDTHS, strict=True)
    return first[0].ljust(first[1]) + "".join(cell.rjust(width) for cell, width in others)


def in_words(result: Result) -> Iterator[str]:
    findings = result.findings
    for kind, found in (("lost", findings.lost), ("doubled", findings.doubled), ("reordered", findings.reordered)):
        for what in found:
            yield f"    {kind}: {what}"
