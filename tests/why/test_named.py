"""What `why` calls objects, and some rarer waits."""

from __future__ import annotations

import re
from types import FrameType

import pytest
import trio

from stepdbg.engine.waiting import chain, references
from stepdbg.model.replies import Why
from stepdbg.model.task import WaitKind
from stepdbg.model.waits import WaitState
from tests.harness import Debugging, debugging

PROGRAM = "tests/programs/why/named"

NOBODY = ": no other task has it in a variable, so none could set it"
SENTENCES = {
    "variable": "waits for Event `mine` at {variable}" + NOBODY,
    "Server.serve": "waits for Event `self.closed` at {attribute}" + NOBODY,
    "parameter": "waits for Event `given` at {parameter}" + NOBODY,
    "of_a_list": "waits for Event `events[1]` at {of_a_list}" + NOBODY,
    "of_a_dict": "waits for Event `by_name['go']` at {of_a_dict}" + NOBODY,
    "of_two_keys": "waits for Event `by_address['here', 80]` at {of_two_keys}" + NOBODY,
    "of_the_module": "waits for Event `everywhere` at {of_the_module}: it is a global variable, "
    "so any code could set it",
    "nameless": "waits for an Event at {nameless}" + NOBODY,
    "notified": "waits for the lock of Condition `ready` at {notified}, held by main (*) "
    "[since step *]; 1 other task waits as well",
    "queued": "waits for the lock of Condition `ready` at {queued}, held by main (*) "
    "[since step *]; 1 other task waits as well",
    "writer": "waits to write to socket `stream.socket` at {writer}: send, file descriptor *",
    "waits_for_starter": "waits for its nursery `children` at {starting}: no children still "
    "running, 1 not yet started()",
    "starter": "waits for slow (*) to call started() at {starter}",
    "idle": "waits until every other task is blocked at {idle}",
    "of_a_thread": "waits for CapacityLimiter `limiter` at {of_a_thread}: 1 of 1 tokens are "
    "borrowed, 1 of them on behalf of no task",
}
"""What stands after the task's name; ``*`` is anything."""


def look(dbg: Debugging) -> None:
    dbg.do("break :look")
    dbg.go("continue", kind="breakpoint")


def test_sentences() -> None:
    with debugging(PROGRAM) as dbg:
        look(dbg)
        marks = {mark: f"named.py:{line}" for mark, line in dbg.program.marks.items()}
        assert len(SENTENCES) > 5
        for task, sentence in SENTENCES.items():
            wanted = re.escape(sentence.format(**marks)).replace(r"\*", ".*")
            text = dbg.text(f"why {task}", 400)
            assert re.match(
                rf"{re.escape(task)} \(\d+\) {wanted}( \[waiting since [^]]*\])?(\n|$)", text
            ), text


def test_who_starts_could_end_the_wait_for_a_nursery() -> None:
    with debugging(PROGRAM) as dbg:
        look(dbg)
        links = dbg.reply("why waits_for_starter", Why).explanations[0].links
    assert [link.task.short for link in links] == ["waits_for_starter", "slow"]
    assert links[0].wait is not None
    assert links[0].wait.kind is WaitKind.NURSERY


@pytest.mark.parametrize(
    ("program", "task", "sentence"),
    [
        (PROGRAM, "variable", ": no task was found that could set it, but there are too many"),
        ("ping_pong", "pinger", "1 receiver open (too many tasks to find whose)"),
    ],
)
def test_a_search_that_has_not_come_to_its_end(
    monkeypatch: pytest.MonkeyPatch, program: str, task: str, sentence: str
) -> None:
    """Among very many tasks, with a bound as low as three can reach."""
    monkeypatch.setattr(references, "_LOOKED_AT", -1)
    with debugging(program) as dbg:
        if program == PROGRAM:
            look(dbg)
        else:
            dbg.do("break task pinger on block")
            dbg.go("continue", kind="breakpoint")
        assert sentence in dbg.text(f"why {task}", 400)


def test_held_tasks_are_told_apart() -> None:
    with debugging("ping_pong") as dbg:
        dbg.go("step", kind="step", task="pinger", step=1)
        dbg.go("step pinger", kind="step", task="pinger", step=2)
        for name in ("pinger", "ponger", "main"):
            dbg.do(f"hold {name}")
        dbg.go("step", kind="halt")  # there is nobody left to step
        links = dbg.reply("why main", Why).explanations[0].links
        first, *further = dbg.text("why main", 300).splitlines()
    states = {link.task.short: link.state for link in links}
    held = {"pinger": WaitState.HELD, "ponger": WaitState.HELD}
    assert states == {"main": WaitState.BLOCKED, **held}
    assert all(link.held for link in links)
    assert "; it is also held: `release` lets it run" in first
    assert all("it is held: `release` lets it run" in line for line in further)


def test_what_trio_itself_goes_through_is_not_named() -> None:
    trio.run(_look_at_a_call_from_a_thread)


async def _look_at_a_call_from_a_thread() -> None:
    event = trio.Event()

    async def called() -> None:
        await trio.to_thread.run_sync(lambda: trio.from_thread.run(event.wait))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(called)
        (task,) = nursery.child_tasks
        stack: list[FrameType] = []
        while not any(frame.f_code.co_name == "acapture" for frame in stack):
            await trio.sleep(0.001)
            stack = [frame for frame, _ in task.iter_await_frames()][::-1]
        through = chain._through(stack)
        event.set()
    assert not through
