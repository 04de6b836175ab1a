"""Processes that try schedules: forked from one that stays as it is.

Owns: `Child` (a fork and what it says); what such a fork does: `work_off`, `work_apart`,
`in_order`.
Does not own: which forks there are and what follows from what they say (search), one schedule
(engine.exploring.trying).

A child says plain values as `marshal` writes them, each a piece of `model.framed`.  It never
returns: it always ends by `os._exit`, so that nothing of the program that waits below on the stack
is done twice.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from stepdbg.engine.exploring.choosers import Following
from stepdbg.engine.exploring.deviating import Noting
from stepdbg.engine.exploring.lateness import lateness_of
from stepdbg.engine.exploring.portfolio import chooser_named
from stepdbg.engine.exploring.trying import Tried, try_once
from stepdbg.engine.process import forking
from stepdbg.launcher.pausing import current_session
from stepdbg.model import framed
from stepdbg.model.facts import LogicalId
from stepdbg.model.program_streams import flush
from stepdbg.model.schedules import Instead
from stepdbg.model.standard import (
    contextlib,
    gc,
    marshal,
    math,
    os,
    signal,
    sys,
    tempfile,
    time,
    traceback,
)
from stepdbg.render.knots import render_deadlock
from stepdbg.render.spans import plain

from .doubting import Doubts, done

if TYPE_CHECKING:
    from stepdbg.engine.exploring.calls import Repeatable
    from stepdbg.engine.exploring.choosers import Chooser
    from stepdbg.engine.exploring.lateness import Lateness

    from .wish import ExploreWish

Said = tuple[Any, ...]
Say = Callable[[Said], None]
Work = Callable[[Say], None]

_BETWEEN_NEWS = 0.05
"""Seconds."""

_COLLECT = 20
"""After so many schedules the garbage collector looks."""

_AGAIN = 100
"""After so many schedules the first order is taken once more, to see whether it is the same."""

_WIDTH = 100
"""Columns, of what is told of a deadlock."""

_OUTPUT = 4_000
"""So many characters of what the program has written are kept, the last ones."""


class Child:
    """A fork of this process.

    Args:
        work: what it does; given a function that says something to this process.

    Attributes:
        reader: a descriptor; readable when it says something or has ended.
        heard: when it said something last, in seconds of `time.monotonic`.
    """

    def __init__(self, work: Work) -> None:
        flush()
        self.reader, writer = os.pipe()
        self.pid = _fork()
        if self.pid == 0:
            _be_child(self.reader, writer, work)
        os.close(writer)
        self.heard = time.monotonic()
        self._rest = b""

    def hear(self) -> list[Said] | None:
        """What it has said since; None where it has ended."""
        data = os.read(self.reader, 1 << 16)
        self.heard = time.monotonic()
        if not data:
            return None
        said, self._rest = framed.take(self._rest + data)
        return [marshal.loads(each) for each in said]

    def end(self) -> int:
        """Wait for its end; its status, as `os.waitstatus_to_exitcode` gives it."""
        os.close(self.reader)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def kill(self) -> None:
        """End it."""
        os.kill(self.pid, signal.SIGKILL)
        self.end()


def _fork() -> int:
    """Fork this process; 0 in the child."""
    if not forking.why_not() and current_session() is None:
        return forking.fork()
    # With other threads Python has to put right what they hold; a session hears that it is to
    # leave the child alone.
    with warnings.catch_warnings():  # Python warns of forks beside threads
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _be_child(reader: int, writer: int, work: Work) -> None:
    """The whole life of a child; it does not return."""
    status = 1
    try:
        os.close(reader)

        def say(what: Said) -> None:
            framed.write(writer, marshal.dumps(what))

        try:
            # Ctrl-C at the terminal is for the process that waits: it ends the others.
            os.setpgid(0, 0)
            work(say)
            status = 0
        except OSError:
            pass  # nobody listens any more
        except BaseException as error:
            say(("bug", "".join(traceback.format_exception(error))))
    finally:
        os._exit(status)  # noqa: SLF001 - documented


class _Output:
    """What the program writes in one schedule, in the place of the standard streams."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()
        for descriptor in {1, 2, *_descriptors_of_streams()}:
            os.dup2(self._file.fileno(), descriptor)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)

    def take(self) -> str:
        """What was written since the last time, the end of it."""
        flush()
        descriptor = self._file.fileno()
        size = os.lseek(descriptor, 0, os.SEEK_CUR)
        if not size:
            return ""
        begin = max(0, size - _OUTPUT)
        text = os.pread(descriptor, _OUTPUT, begin).decode("utf-8", "replace")
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        return text


def _descriptors_of_streams() -> Iterator[int]:
    """Where streams write that somebody has put in the places of the standard ones."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):  # it may be any object
            yield stream.fileno()


class _Chance:
    """The state of `random`, which Python seeds anew in a fork."""

    def __init__(self) -> None:
        self._module: Any = sys.modules.get("random")
        self._state = None if self._module is None else self._module.getstate()

    def restore(self) -> None:
        """Let the program draw what it would have drawn."""
        if self._module is not None:
            self._module.setstate(self._state)


def _get_ready() -> None:
    """Let the garbage collector look at nothing that is there already, and only when told."""
    gc.disable()
    gc.freeze()


class Share:
    """What one worker is to do.

    Args:
        wish: what is explored.
        worker: which one it is, from 0.
        until: it ends at this moment of `time.monotonic`, None for never.

    Attributes:
        first: the number of its first schedule.  last: it ends before the schedule of this number.
        memory: what the process before it has learnt.
        alone: each schedule has a fork of its own.
        usual: who steps in the default order, as `Tried.log` has it.
    """

    def __init__(self, wish: ExploreWish, worker: int, until: float | None) -> None:
        self.wish, self.worker, self.until = wish, worker, until
        self.first = 0
        self.last: int | None = None
        self.memory: Any = None
        self.alone = False
        self.usual: tuple[LogicalId, ...] = ()
        self._began = time.monotonic()
        if wish.schedules is not None:  # those before it have one more where they cannot be equal
            self.last = (wish.schedules + wish.jobs - 1 - worker) // wish.jobs

    def is_over(self, number: int) -> bool:
        """Whether the budget is spent."""
        if self.last is not None and number >= self.last:
            return True
        return self.until is not None and time.monotonic() >= self.until

    def chooser(self) -> Chooser:
        """The one that goes on where the process before has ended."""
        chooser = chooser_named(self.wish.strategy, self.wish.seed, self.worker)
        # The estimate of all orders knows nothing of deadlines.
        if not (self.wish.late or self.alone):
            chooser.room = self._room
        if self.memory is not None:
            chooser.remember(self.memory)
        return chooser

    def _room(self, number: int) -> float:
        """About how many schedules more there is room for, from the one of this number on."""
        if self.last is not None:
            return self.last - number
        if self.until is None:
            return math.inf
        now = time.monotonic()
        return (self.until - now) * number / (now - self._began)

    def late(self, chooser: Chooser, number: int) -> Lateness | None:
        """When deadlines pass early in a schedule."""
        seed = self.wish.seed * 1_009 + self.worker
        return lateness_of(self.wish.late, chooser, seed, number)


def work_off(call: Repeatable, share: Share) -> Work:
    """What a worker does: try schedules, until one of them is to be told of."""
    chance = _Chance()

    def work(say: Say) -> None:
        output, news, chooser = _Output(), _News(say), share.chooser()
        _get_ready()
        number, doubts = share.first, Doubts(chooser)
        while not (share.is_over(number) or chooser.exhausted):
            chance.restore()
            doubts.before()
            tried = try_once(call, chooser, number, late=share.late(chooser, number))
            number += 1
            written = output.take()
            doubts.after(tried)
            news.of(tried)
            if tried.spoilt:
                news.tell()
                say(("spoilt", number, chooser.memory(), _packed(tried, written)))
                return
            if number % _COLLECT == 0:
                gc.collect()
            if chooser.exhausted or (number - share.first) % _AGAIN == _AGAIN // 10:
                chance.restore()
                again = try_once(call, Following(()), 0)
                output.take()
                doubts.after(again)
                if again.log != share.usual or again.spoilt:
                    news.tell()
                    say(("leaks", number, chooser.memory()))
                    return
        news.tell()
        say(done(chooser))

    return work


def work_apart(call: Repeatable, share: Share) -> Work:
    """What a worker does where each schedule is to have a process of its own."""
    chance = _Chance()

    def work(say: Say) -> None:
        output, chooser = _Output(), share.chooser()
        chooser.doubts("what one run leaves behind may change the next one")
        _get_ready()
        number = share.first
        while not (share.is_over(number) or chooser.exhausted):

            def once(tell: Say, number: int = number) -> None:
                chance.restore()
                tried = try_once(call, chooser, number, late=share.late(chooser, number))
                tell((tried.order, chooser.memory(), _packed(tried, output.take())))

            said = answer_of(Child(once))
            if len(said) != 3:
                say(said)
                return
            order, memory, packed = said
            number += 1
            chooser.remember(memory)
            say(("ran", [order]))
            if packed["fault"] is not None or packed["cut"]:
                say(("spoilt", number, memory, packed))
                return
        say(done(chooser))

    return work


def answer_of(child: Child) -> Said:
    """The one thing that a child says, once it has ended."""
    said: list[Said] = []
    while (more := child.hear()) is not None:
        said += more
    status = child.end()
    return said[0] if said else ("died", status)


class _News:
    """What a worker says of its schedules, not more often than is needed."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._orders: list[int] = []
        self._told = 0.0

    def of(self, tried: Tried) -> None:
        """One more schedule."""
        self._orders.append(tried.order)
        now = time.monotonic()
        if now > self._told + _BETWEEN_NEWS:
            self.tell(now)

    def tell(self, now: float = 0.0) -> None:
        """Say what was not said so far."""
        if self._orders:
            self._say(("ran", self._orders))
            self._orders = []
        self._told = now


def in_order(call: Repeatable, chooser: Chooser, late: Lateness | None = None) -> Work:
    """What a child does that runs the call once, with a chooser of its own.

    late: see `try_once`.
    """
    chance = _Chance()

    def work(say: Say) -> None:
        output = _Output()
        _get_ready()
        chance.restore()
        tried = try_once(call, chooser, 0, looks=True, late=late)
        told = _packed(tried, output.take())
        facts = chooser.found if isinstance(chooser, Noting) else ()
        told["facts"] = [
            (tuple(each.step.task), each.step.nth, tuple(each.task))
            for each in facts
            if isinstance(each, Instead)
        ]
        say(("tried", told))

    return work


def _packed(tried: Tried, output: str) -> dict[str, Any]:
    """What another process is told of a schedule."""
    fault, text = tried.fault, ""
    if tried.deadlock is not None:
        text = plain(render_deadlock(tried.deadlock, _WIDTH))
    elif fault is not None:
        text = fault.text
    return {
        "cut": tried.cut,
        "log": [(who.root, who.path) for who in tried.log],
        "fault": None if fault is None else (fault.key, fault.title, text),
        "tasks": [(who.root, who.path) for who in tried.logged.tasks],
        "turns": tried.logged.turns,
        "steps": tried.logged.steps,
        "output": output,
        "lines": tried.lines,
        "fired": [each and (tuple(each.task), each.nth) for each in tried.fired],
        "late": tried.late,
        "own_clock": tried.own_clock,
    }
