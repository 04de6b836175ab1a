"""`why` for anyio's primitives on Trio: what the user waits for, not what anyio makes of it."""

from __future__ import annotations

import re

from tests.harness import debugging

PROGRAM = "tests/programs/why/anyio_waits"

SENTENCES = {
    "event": "waits for Event `go` at {event}: "
    "main (*) could set it (:*) (through anyio.Event.wait)",
    "locked": "waits for Lock `lock` at {locked}, held by owner (*) [since step 1, *] "
    "(through anyio.Lock.__aenter__)",
    "semaphore": "waits for Semaphore `tickets` at {semaphore}, whose value is 0: "
    "main (*) has it, but does not call `release` from here on (through anyio.Semaphore.acquire)",
    "limited": "waits for CapacityLimiter `limiter` at {limited}: 1 of 1 tokens are borrowed, "
    "by main (*) (through anyio.CapacityLimiter.__aenter__)",
    "condition": "waits for a notification of Condition `ready` at {condition}: main (*) has it, "
    "but does not call `notify` from here on (through anyio.Condition.wait)",
    "receiver": "waits to receive from channel `inbox` at {receiver}: 1 sender open (held by "
    "main (*)), buffer 0/2; main (*) does not call `send` from here on, and has not closed its end "
    "(through anyio.streams.memory.MemoryObjectReceiveStream.receive)",
    "sender": "waits to send into channel `full` at {sender}: 1 receiver open (held by "
    "main (*)), buffer 0/0; main (*) does not call `receive` from here on "
    "(through anyio.streams.memory.MemoryObjectSendStream.send)",
    "group": "waits for its nursery `children` at {group}: 1 child still running*",
    "starter": "waits for slow_start (*) to call started() at {starter}*",
    "sleeper": "sleeps at {sleeper}, to wake in * (through anyio.sleep)",
    "threaded": "waits for the thread * at {threaded}, which is at {job} in job (through "
    "anyio.to_thread.run_sync)",
    "called": "waits for Event `go` at {back}: "
    "main (*) could set it (:*) (through anyio.Event.wait)",
    "portal": "waits for Event `go` at {portal}: "
    "main (*) could set it (:*) (through anyio.Event.wait)",
    "anyio.from_thread.BlockingPortal._call_func": "waits for Event `go` at {back}: "
    "main (*) could set it (:*) (through anyio.Event.wait)",
}
"""What stands after the task's name; ``*`` is anything."""


def test_sentences() -> None:
    with debugging(PROGRAM) as dbg:
        dbg.do("break :look")
        dbg.go("continue", kind="breakpoint")
        marks = {mark: f"anyio_waits.py:{line}" for mark, line in dbg.program.marks.items()}
        assert len(SENTENCES) > 5
        for task, sentence in SENTENCES.items():
            wanted = re.escape(sentence.format(**marks)).replace(r"\*", ".*")
            link = dbg.text(f"why {task}", 400)
            assert re.match(
                rf"{re.escape(task)} \(\d+\) {wanted}( \[waiting since [^]]*\])?(\n|$)", link
            ), link
