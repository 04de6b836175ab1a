"""Turns pairs of seconds into rows of a Markdown table.

Owns: the statistics and the layout.  Does not own: measuring.

A ratio is taken pair by pair; its median is compared with what a program costs against
itself (the control), since on a busy machine that is not 1.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

Pairs = Sequence[tuple[float, float]]

HEADER = (
    "| workload | setting | bare, ms | ratio: median | quartiles | less the control's excess |\n"
    "|---|---|--:|--:|--:|--:|"
)


@dataclass(frozen=True)
class Row:
    """One workload under one setting."""

    workload: str
    setting: str
    bare_ms: float
    median: float
    quartiles: tuple[float, float]

    @classmethod
    def of(cls, workload: str, setting: str, pairs: Pairs) -> Row:
        """Sum up pairs of seconds: bare, and under the setting."""
        ratios = [other / alone for alone, other in pairs]
        first, median, third = statistics.quantiles(ratios, n=4, method="inclusive")
        alone_ms = statistics.median(alone for alone, _ in pairs) * 1000
        return cls(workload, setting, alone_ms, median, (first, third))

    def less_control(self, control: Row) -> float:
        """The median ratio without what the control is above (or below) 1."""
        return self.median - (control.median - 1)


def lines(rows: Iterable[Row | str], control: str) -> Iterator[str]:
    """The table's lines; each workload's control row must come before its other rows.

    A text among the rows is a line as it is.
    """
    yield HEADER
    controls: dict[str, Row] = {}
    for row in rows:
        if isinstance(row, str):
            yield row
            continue
        if row.setting == control:
            controls[row.workload] = row
        first, third = row.quartiles
        adjusted = row.less_control(controls[row.workload])
        yield (
            f"| {row.workload} | {row.setting} | {row.bare_ms:.0f} | {row.median:.3f} "
            f"| {first:.3f} to {third:.3f} | {adjusted:.3f} |"
        )
