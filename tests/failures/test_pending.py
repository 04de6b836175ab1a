"""Exceptions that have been raised, and whose tasks wait before anybody is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from stepdbg.model.replies import Exceptions, Stack, TaskShown, Why
from stepdbg.model.waits import Pending, Standing
from tests.archive.dumps import dump_of
from tests.harness import Debugging, debugging

LOST = "LookupError: lost\nin the dark"

CASES = {
    "finally_": [(Standing.ON_ITS_WAY, LOST)],
    "nested_finally": [
        (Standing.ON_ITS_WAY, LOST),
        (Standing.HANDLED, "OSError: handled meanwhile"),
    ],
    "except_": [(Standing.HANDLED, LOST)],
    "bare_except": [(Standing.HANDLED, LOST)],
    "group": [(Standing.HANDLED, "ExceptionGroup: several (1 sub-exception)")],
    "aexit": [(Standing.ON_ITS_WAY, LOST)],
    "manager": [(Standing.ON_ITS_WAY, LOST)],
    "manager_handles": [(Standing.HANDLED, LOST)],
    "generator": [(Standing.ON_ITS_WAY, LOST)],
    "child": [(Standing.IN_NURSERY, LOST)],
    "block": [(Standing.IN_NURSERY, LOST)],
    "handled_before": [],
    "library": [],
    "cancelled": [],
}


def told(found: tuple[Pending, ...]) -> list[tuple[Standing, str]]:
    return [(each.standing, each.summary) for each in found]


@pytest.mark.parametrize("case", CASES)
def test_all_commands_tell_of_it_live_and_in_a_dump(case: str, tmp_path: Path) -> None:
    wanted = CASES[case]
    with debugging("pending", args=[case]) as dbg:
        dbg.do("break idle")
        dbg.go("continue")
        link = dbg.reply(f"why {case}", Why).explanations[0].links[0]
        assert told(link.pending) == wanted
        shown = dbg.reply(f"task {case}", TaskShown)
        assert told(shown.pending) == wanted
        assert told(dbg.reply("where", Stack).pending) == wanted
        if wanted:
            assert told(dbg.reply("exceptions", Exceptions).pending) == wanted
        else:
            assert dbg.failure("exceptions") == "nothing has failed at this stop"
        if wanted and wanted[0][1] == LOST:
            place = shown.pending[0].raised
            assert place is not None
            assert place.line == dbg.line("raised")
        live = {line: dbg.text(line) for line in (f"task {case}", "where", "exceptions")}
        dump = dump_of(dbg, tmp_path / "d.dump")
        bare = dump_of(dbg, tmp_path / "bare.dump", values=False)
    assert dump.text(f"task {case}") == live[f"task {case}"]
    assert dump.text("where") == live["where"]
    if wanted:
        assert dump.text("exceptions") == live["exceptions"]
        kinds = [summary.partition(":")[0] for _, summary in wanted]
        assert [each.summary for each in bare.inspector.pending()] == kinds
    for line in (f"task {case}", "where", "exceptions"):
        assert "dark" not in bare.text(line)
        assert "meanwhile" not in bare.text(line)


def standing_at(dbg: Debugging, mark: str) -> list[tuple[Standing, str]]:
    dbg.do(f"tbreak {dbg.line(mark)}")
    dbg.go("continue", line_mark=mark)
    return told(dbg.reply("exceptions", Exceptions).pending)


def test_at_a_line_of_a_handler_and_of_what_it_calls() -> None:
    with debugging("pending", args=["lines"]) as dbg:
        assert standing_at(dbg, "handling") == [(Standing.HANDLED, LOST)]
        assert standing_at(dbg, "plain") == [(Standing.HANDLED, LOST)]
        assert standing_at(dbg, "passing") == [(Standing.ON_ITS_WAY, LOST)]
        assert standing_at(dbg, "plain") == [(Standing.ON_ITS_WAY, LOST)]


def test_what_a_user_reads() -> None:
    with debugging("pending", args=["finally_"]) as dbg:
        dbg.do("break idle")
        dbg.go("continue")
        line = dbg.line("raised")
        number = dbg.reply("task finally_", TaskShown).task.label.number
        assert dbg.text("exceptions").splitlines() == [
            f"on its way in finally_ ({number}): LookupError: lost",
            "    in the dark",
            f"  raised at pending.py:{line} in fail; its report waits for this clean-up",
        ]
        assert dbg.text("why finally_", 100).splitlines()[-3:] == [
            "    on its way: LookupError: lost",
            "        in the dark",
            f"      raised at pending.py:{line} in fail; its report waits for this clean-up",
        ]


def test_a_failure_is_not_told_twice() -> None:
    with debugging("pending", args=["child"], stops_on_failure=True) as dbg:
        dbg.go("continue", kind="failure")
        reply = dbg.reply("exceptions", Exceptions)
        assert [node.summary for node in reply.nodes] == [LOST]
        assert reply.pending == ()
