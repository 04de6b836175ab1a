"""`why` for everything that Trio can wait for: the expected sentence of each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from stepdbg.model.facts import NOT_RECORDED
from stepdbg.model.replies import TaskList, Why
from stepdbg.model.task import TaskLabel
from stepdbg.model.waits import WaitState
from tests.harness import Debugging, debugging

PROGRAM = "tests/programs/why/primitives"

SENTENCES = {
    "event": "waits for Event `go` at {event}: main (*) could set it (:*)",
    "locked": "waits for Lock `pool.lock` at {locked}, held by owner (*) [since step 1, {taken}]",
    "strict_locked": "waits for StrictFIFOLock `strict` at {strict}, held by strict_owner (*)*",
    "condition": "waits for a notification of Condition `ready` at {condition}: "
    "main (*) has it, but does not call `notify` from here on",
    "semaphore": "waits for Semaphore `tickets` at {semaphore}, whose value is 0: "
    "main (*) has it, but does not call `release` from here on",
    "limited": "waits for CapacityLimiter `limiter` at {limited}: 1 of 1 tokens are borrowed, "
    "by borrower (*)",
    "receiver": "waits to receive from channel `inbox` [opened at {opened}] at {receiver}: "
    "2 senders open (held by main (*) and holds_sender (*)), buffer 0/3; "
    "none of them calls `send` from here on, and they have not closed their ends",
    "sender": "waits to send into channel `full` [opened at *] at {sender}: "
    "1 receiver open (held by main (*)), buffer 0/0; "
    "main (*) does not call `receive` from here on",
    "nursery": "waits for its nursery `children` at {nursery}: 2 children still running",
    "starter": "waits for slow_start (*) to call started() at {starter}",
    "sleeper": "sleeps at {sleeper}, to wake in 1*",
    "forever": "sleeps for ever at {forever}: only a cancellation ends that",
    "endless": "sleeps for ever at {endless}: only a cancellation ends that",
    "timed": "waits for Event `go` at *; the timeout of primitives.py:* (30 s) ends it in 2*",
    "reader": "waits to read from socket `stream` at {reader}: recv, file descriptor *",
    "accepting": "waits to read from socket `listener` at *: accept, 127.0.0.1:*",
    "piped": "waits to read from FdStream `pipe` at {piped}: a pipe, file descriptor *",
    "process": "waits for the end of Process `child` (pid *) at {process}",
    "signals": "waits for SIGUSR2 at {signals}",
    "threaded": "waits for the thread digger at {threaded}, which is at {job} in job",
    "parked": "waits in ParkingLot `lot` at {parked}: "
    "main (*) has it, but does not call `unpark` from here on",
    "custom": "waits in __main__.custom at {custom}, which is unknown to Trio",
    "shielded": "waits for Event `go` at {shielded}: main (*) could set it (:*)*"
    "cancel scope * at * is cancelled*by main (*) [{cancels}]*; not delivered since * s, because "
    "the shield of primitives.py:* keeps it off",
}
"""What stands after the task's name; ``*`` is anything."""

IN_SHORT = {
    "event": "waits for an event",
    "locked": "waits for a lock",
    "strict_locked": "waits for a lock",
    "condition": "waits for a condition",
    "semaphore": "waits for a semaphore",
    "limited": "waits for a token",
    "receiver": "waits to receive",
    "sender": "waits to send",
    "nursery": "waits for children",
    "starter": r"waits for started\(\)",
    "sleeper": "asleep 1[0-9.]+ s",
    "forever": "asleep for ever",
    "endless": "asleep for ever",
    "timed": "waits for an event",  # with a deadline, which is not a sleep
    "reader": "waits for I/O",
    "accepting": "waits for I/O",
    "piped": "waits for I/O",
    "process": "waits for a process",
    "signals": "waits for a signal",
    "threaded": "waits for a thread",
    "parked": "waits in a parking lot",
    "custom": "blocked",
    "shielded": "waits for an event",
    "main": "current",
}
"""What stands in the place of the task's state, as a pattern."""


@contextmanager
def everybody_waits(*, record: bool = True) -> Iterator[Debugging]:
    with debugging(PROGRAM, record=record) as dbg:
        dbg.do("break :look")
        dbg.go("continue", kind="breakpoint")
        yield dbg


def test_sentences() -> None:
    with everybody_waits() as dbg:
        marks = {mark: f"primitives.py:{line}" for mark, line in dbg.program.marks.items()}
        assert len(SENTENCES) > 5
        for task, sentence in SENTENCES.items():
            wanted = re.escape(sentence.format(**marks)).replace(r"\*", ".*")
            link = dbg.text(f"why {task}", 200).replace("\n    ", " ")
            assert re.match(
                rf"{task} \(\d+\) {wanted}( \[waiting since [^]]*\])?( in .*)?(\n|$)",
                link,
                re.DOTALL,
            ), link


def test_a_state_says_what_is_waited_for() -> None:
    assert SENTENCES.keys() < IN_SHORT.keys()
    with everybody_waits() as dbg:
        listed = dbg.text("tasks -a", 200).splitlines()
        for name, state in IN_SHORT.items():
            assert any(re.search(rf" {name} +{state} ", line) for line in listed), listed
            assert re.match(rf"{name} \(\d+\), {state}, ", dbg.text(f"task {name}"))
            assert re.match(rf"{name} \(\d+\), {state}\n", dbg.text(f"where {name}"))
        assert "waits for a lock" in dbg.text("tasks blocked", 200)
        assert {label.short for label in blocked(dbg)} >= IN_SHORT.keys() - {"main"}


def blocked(dbg: Debugging) -> list[TaskLabel]:
    """The tasks that `tasks blocked` lists."""
    return [
        label for group in dbg.reply("tasks blocked", TaskList).groups for label in group.labels
    ]


def test_how_trio_does_it_is_told_on_request() -> None:
    with everybody_waits() as dbg:
        plain = dbg.text("why sleeper", 1000)
        assert "yielded" not in plain
        sentence, how = dbg.text("why -v sleeper", 1000).splitlines()
        assert sentence.startswith("sleeper (")
        assert re.fullmatch(
            r" +sleeper has yielded to trio.run from trio.sleep and asked to be woken by the "
            r"deadline of its scope, in 1[0-9.]+ s; trio.run sits in \w+ for that long, unless "
            r"something else comes first, then cancels the scope, which wakes sleeper, and sleep "
            r"swallows the cancellation",
            how,
        )
        everybody = dbg.text("why -a -v", 1000).splitlines()
        told = [line.split(" has yielded ", 1)[1] for line in everybody if " has yielded " in line]
        assert len(told) > 15
        assert len(set(told)) == len(told)  # each kind of wait once
        assert any("trio.run has taken main from the run queue" in line for line in everybody)


def test_states() -> None:
    with everybody_waits() as dbg:
        found = {
            link.task.short: link.state
            for explanation in dbg.reply("why -a", Why).explanations
            for link in explanation.links[:1]
        }
        assert len(found) == len(dbg.call(dbg.inspector.tasks))
    assert found["main"] is WaitState.CURRENT
    assert found["event"] is WaitState.BLOCKED
    assert found["shielded"] is WaitState.SHIELDED
    assert found["threaded"] is WaitState.IN_THREAD
    assert found["forever"] is WaitState.FOREVER
    assert found["timed"] is WaitState.BLOCKED


def test_without_the_recorder_the_sentence_is_shorter() -> None:
    with everybody_waits(record=False) as dbg:
        wait = dbg.reply("why locked", Why).explanations[0].links[0].wait
        assert wait is not None
        assert wait.held_since is NOT_RECORDED
        assert "[" not in dbg.text("why locked", 200)
        assert "[" not in dbg.text("why receiver", 200)
