"""The sentence about a failure and the lines of its two steps, for programs as users write them."""

from __future__ import annotations

import pytest

from stepdbg.model.exploring import Explained
from tests.explore import named_programs as programs
from tests.explore.test_function import main_of
from tests.explore.test_meaning import explained

# For each program: the sentence, and code of the lines at which the two steps begin.
NAMED = {
    "COUNTER": (
        "lost update: main/0 reads `self.total`, main/1 writes it",
        "async def handle(self, amount):",
        "await trio.sleep(0)",
    ),
    "HITS": (
        "lost update: main/0 reads `HITS['index']`, main/2 writes it",
        "async def visit(page):",
        "await trio.lowlevel.checkpoint()",
    ),
    "CACHE": (
        "check then act: main/0 checks `self._entries['a']`",
        "async def use():",
        "await trio.lowlevel.checkpoint()",
    ),
    "POOL": (
        "check then act: main/0 checks `self.free`, main/1 changes it",
        "await trio.lowlevel.checkpoint()",
        "await trio.lowlevel.checkpoint()",
    ),
    "CONNECTION": (
        "check then act: main/1 checks `connected`",
        "async def use():",
        "await trio.lowlevel.checkpoint()",
    ),
    "TRANSFER": (
        "lock order: ",
        "async def transfer(source, target, amount):",
        "async with source.lock:",
    ),
    "JOBS": ("lock order: ", "async def job(*names):", "await LOCKS[name].acquire()"),
    "WRITER": ("use after close: main closes `self.channel`, and then main/0 uses it",),
    "STREAMS": (
        "use after close: main/1 closes `streams['one']` while main/0 is in send_all() of it",
        "async def close_all():",
        'await streams[name].send_all(b"hello")',
    ),
    "PRODUCERS": (
        "use after close: main/0 closes `send`, and then main/1 uses it",
        "await send.send(1)",
        "async def producer(send):",
    ),
    "MAILBOX": (
        "lost wake-up: main wakes the waiters of `self.cond` before main/0 waits for it",
        "await trio.lowlevel.checkpoint()",
        "async def reader(box):",
    ),
    "CONDITION": (
        "lost wake-up: main/0 wakes the waiters of `cond` before main waits for it",
        "async def worker():",
        "await trio.lowlevel.checkpoint()",
    ),
    "GATE": (
        "lost wake-up: main sets and replaces `self.changed`, and main/0 waits for the new one",
        "await trio.lowlevel.checkpoint()",
        "await trio.lowlevel.checkpoint()",
    ),
    "CONSUMER": (
        "result lost to a timeout: main/0 receives `item`, and its deadline passes at program.py:",
    ),
    "WORKER": ("result lost to a timeout: main/0 receives `name` just as its deadline passes",),
}


def begins_of(found: Explained, source: str) -> tuple[str, ...]:
    lines = source.splitlines()
    numbers = [int(each.begins.split(":")[1]) for each in found.pair or ()]
    return tuple(lines[number - 1].strip() for number in numbers)


@pytest.mark.parametrize("name", NAMED)
def test_the_sentence_and_the_two_steps(name: str) -> None:
    source: str = getattr(programs, name)
    words, *begins = NAMED[name]
    late = 1.0 if words.startswith("result lost") else 0.0
    found = explained(main_of(source), late=late)
    assert found.words.startswith(words), found.words
    assert begins_of(found, source) == tuple(begins)
