"""Who steps in a schedule, as rows with a column for each task.

Owns: `table_of`.  Does not own: how it looks (render.columns).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepdbg.model.exploring import Row
from stepdbg.model.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stepdbg.model.facts import LogicalId

RUNS_ON = "runs on"
FIRED = "deadline fired"


class Shown(NamedTuple):
    """A schedule and what was seen of its steps; see `engine.exploring.step_notes.StepNotes`.

    log: the task of each step.
    passed: the place in the log and the task of each deadline.
    """

    log: Sequence[LogicalId]
    lines: Sequence[str]
    usual: Sequence[LogicalId]
    names: Mapping[LogicalId, tuple[int, str]]
    passed: Sequence[tuple[int, LogicalId]]


def table_of(
    shown: Shown, pair: tuple[int, int] | None
) -> tuple[tuple[tuple[str, str], ...], tuple[Row, ...]]:
    """The columns, each the logical id of a task and the name of its function, and the rows.

    pair: the places of the two steps whose order matters; None if there are no such steps.

    A row begins where another task steps, and at each step of the pair.  A task that would have
    stepped in the default order, and does not, is shown as delayed in the first row in which it
    waits for its step.
    """
    log = shown.log
    order = sorted(set(log))
    column = {who: number for number, who in enumerate(order)}
    marks = {} if pair is None else {pair[0]: "first", pair[1]: "then"}
    fired = {place for place, _ in shown.passed}
    rows: list[Row] = []
    held: set[LogicalId] = set()
    place = 0
    while place < len(log):
        who, end = log[place], place + 1
        while end < len(log) and log[end] == who and end not in marks and end not in fired:
            end += 1
        delayed = dict.fromkeys(
            usual
            for usual, steps in zip(shown.usual[place:end], log[place:end], strict=True)
            if usual not in (steps, *held)
        )
        runs_on = place > 0 and log[place - 1] == who and shown.usual[place] != who
        runs_on = runs_on or any(each != who for each in shown.usual[place + 1 : end])
        why = FIRED if place in fired else RUNS_ON if runs_on else ""
        columns = tuple(column[each] for each in delayed)
        rows.append(
            Row(
                place + 1,
                end - place,
                column[who],
                shown.lines[place],
                why,
                columns,
                marks.get(place, ""),
            )
        )
        held = (held | set(delayed)) - {who}
        place = end
    names = tuple((str(who), shown.names.get(who, (0, ""))[1]) for who in order)
    return names, tuple(rows)
