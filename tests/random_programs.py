"""Random programs of tasks that wait for one another.

Owns: making a program from a number, and its text.  The same number always gives the same program.
Does not own: what is asked about it.

A program has a few Events, Locks, Semaphores, Conditions and channels, and tasks that use some of
them in a random order, in cancel scopes and nurseries, with sleeps in between.  Each task has its
things where the maker put them: in parameters, attributes, lists, closures, module globals, weak
references, or in variables that it does not use.  It ends by itself, is cancelled by another task,
or hangs for good.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

KINDS = ("event", "lock", "semaphore", "condition", "channel")

_MAKE = {
    "event": "trio.Event()",
    "lock": "trio.Lock()",
    "semaphore": "trio.Semaphore(0)",
    "condition": "trio.Condition()",
    "channel": "trio.open_memory_channel(0)",
}

HEAD = '''"""A random program, number {seed}."""

import weakref

import trio
import trio.testing


class Box:
    def __init__(self, thing):
        self.thing = thing


shared = []


def look():
    pass


async def notify(condition):
    async with condition:
        condition.notify_all()


async def hear(condition):
    async with condition:
        await condition.wait()

'''


@dataclass
class Writer:
    """Lines of a program, with their indentation."""

    lines: list[str] = field(default_factory=list)
    depth: int = 0

    def add(self, line: str) -> None:
        self.lines.append("    " * self.depth + line)

    def block(self, head: str, body: Callable[[], None]) -> None:
        """A statement with what is inside of it."""
        self.add(head)
        self.depth += 1
        body()
        self.depth -= 1


@dataclass(frozen=True)
class Thing:
    """Something that tasks wait for.  way: how those that are given it get at it."""

    name: str
    kind: str


def program(seed: int) -> str:
    """The text of the program of a number."""
    return _Maker(seed).text()


class _Maker:
    """Makes one program."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._seed = seed
        self._out = Writer()
        self._children = 0

    def text(self) -> str:
        chosen = self._random
        kinds = [chosen.choice(KINDS) for _ in range(chosen.randint(1, 4))]
        things = [Thing(f"{kind}_{number}", kind) for number, kind in enumerate(kinds)]
        tasks = [f"task_{number}" for number in range(chosen.randint(1, 5))]
        for name in tasks:
            self._task(name, things)
        self._begin(tasks, things)
        self._main()
        return HEAD.format(seed=self._seed) + "\n".join(self._out.lines) + "\n"

    # -- a task ---------------------------------------------------------------------------

    def _task(self, name: str, things: list[Thing]) -> None:
        out, chosen = self._out, self._random
        self._uses = chosen.sample(things, chosen.randint(1, min(3, len(things))))
        self._ways = {thing.name: chosen.choice(_WAYS) for thing in self._uses}
        parameters = ", ".join(["scope", *(thing.name for thing in self._uses)])
        out.add("")
        out.block(f"async def {name}({parameters}):", self._body)
        out.add("")
        out.add(f"{name}.ways = {self._ways!r}")
        out.add(f"{name}.uses = {[thing.name for thing in self._uses]!r}")
        out.add("")

    def _body(self) -> None:
        if self._random.random() < 0.1:  # has everything and uses nothing
            self._out.add(f"for turn in range({self._random.randint(1, 6)}):")
            self._out.add("    await trio.sleep(1)")
            return
        for _ in range(self._random.randint(1, 4)):
            self._statement(0)

    def _statement(self, depth: int) -> None:
        out, chosen = self._out, self._random
        if depth < 2 and chosen.random() < 0.3:
            out.block(self._around(), lambda: self._inside(depth))
            return
        if chosen.random() < 0.15:
            out.add(chosen.choice(_PLAIN))
            return
        thing = chosen.choice(self._uses)
        out.add(
            chosen.choice(_DEEDS[thing.kind]).format(thing=_ACCESS[self._ways[thing.name]](thing))
        )

    def _around(self) -> str:
        return self._random.choice(
            (
                f"with trio.move_on_after({self._random.randint(1, 9)}):",
                "with trio.CancelScope():",
                "with trio.CancelScope(shield=True):",
                "if True:",
                "async with trio.open_nursery():",
            )
        )

    def _inside(self, depth: int) -> None:
        for _ in range(self._random.randint(1, 2)):
            self._statement(depth + 1)

    # -- starting them --------------------------------------------------------------------

    def _begin(self, tasks: list[str], things: list[Thing]) -> None:
        out = self._out

        def body() -> None:
            for thing in things:
                out.add(f"{thing.name} = {_MAKE[thing.kind]}")
            out.add("made = dict(locals())")
            if self._random.random() < 0.2:
                out.add(f"shared.append({self._random.choice(things).name})")
            for name in self._random.sample(tasks, len(tasks)):
                scope = self._random.choice(("None", "None", "nursery.cancel_scope"))
                out.add(f"nursery.start_soon({name}, {scope}, *given({name}, made))")

        out.add("")
        out.block("async def begin(nursery):", body)
        out.lines += _GIVEN.splitlines()

    def _main(self) -> None:
        out = self._out

        def body() -> None:
            out.block("async with trio.open_nursery() as nursery:", inside)

        def inside() -> None:
            out.add("await begin(nursery)")
            for _ in range(self._random.randint(1, 4)):
                out.add("await trio.testing.wait_all_tasks_blocked()")
                out.add("look()")
                if self._random.random() < 0.5:
                    out.add(f"await trio.sleep({self._random.randint(1, 6)})")
            if self._random.random() < 0.2:
                out.add("nursery.cancel_scope.cancel()")

        out.add("")
        out.block("async def main():", body)


_WAYS = ("plain", "attribute", "list", "deep", "closure", "weak")

_ACCESS: dict[str, Callable[[Thing], str]] = {
    "plain": lambda thing: thing.name,
    "attribute": lambda thing: f"{thing.name}.thing",
    "list": lambda thing: f"{thing.name}[0]",
    "deep": lambda thing: f"{thing.name}[0]['a'][0].thing.thing[0]",
    "closure": lambda thing: f"{thing.name}()",
    "weak": lambda thing: f"{thing.name}()",
}

_GIVEN = '''

def wrapped(way, thing):
    """A thing as a task gets it."""
    if way == "attribute":
        return Box(thing)
    if way == "list":
        return [thing]
    if way == "deep":
        return [{"a": (Box(Box([thing])),)}]
    if way == "closure":
        return lambda: thing
    if way == "weak" and type(thing) is not tuple:
        known = weakref.ref(thing)
        return lambda: known() or thing_that_is_gone(known)
    if way == "weak":
        return lambda: thing
    return thing


def thing_that_is_gone(known):
    """In the place of a thing that nobody has any more."""
    raise LookupError(known)


def given(task, made):
    return [wrapped(task.ways[name], made[name]) for name in task.uses]
'''

_PLAIN = (
    "await trio.sleep(1)",
    "await trio.sleep(3)",
    "await trio.lowlevel.checkpoint()",
    "if scope is not None: scope.cancel()",
    "return",
)

_DEEDS = {
    "event": ("await {thing}.wait()", "await {thing}.wait()", "{thing}.set()"),
    "lock": (
        "await {thing}.acquire()",
        "if {thing}.statistics().owner is trio.lowlevel.current_task(): {thing}.release()",
        "async with {thing}: await trio.sleep(1)",
    ),
    "semaphore": ("await {thing}.acquire()", "await {thing}.acquire()", "{thing}.release()"),
    "condition": ("await hear({thing})", "await notify({thing})"),
    "channel": (
        "await {thing}[0].send(1)",
        "await {thing}[1].receive()",
        "await {thing}[1].receive()",
        "{thing}[0].close()",
        "{thing}[1].close()",
    ),
}


def programs(first: int, count: int) -> Iterator[tuple[int, str]]:
    """Programs with their numbers."""
    for seed in range(first, first + count):
        yield seed, program(seed)
