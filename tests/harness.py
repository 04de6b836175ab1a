"""Debugs a program of tests/programs in this process, without a terminal.

    from tests.harness import debugging

    def test_ponger_answers() -> None:
        with debugging("ping_pong") as dbg:
            dbg.do("break task ponger")
            dbg.resume("continue")
            dbg.expect_stop(kind="breakpoint", task="ponger", step=1)
            dbg.resume("continue")
            dbg.expect_stop(kind="breakpoint", task="ponger", line_mark="recv")
            assert "pinger" in dbg.text("tasks")
            dbg.do("clear 1")
            dbg.resume("continue")
            dbg.expect_end()

It is the real session and the real interpreter behind a front end that takes its commands
from the test.  The program has the main thread (see `tests.mainthread`), the test body waits
in queues, and every wait gives up after `PATIENCE` seconds.  The schedule is fixed: tasks run
in the order in which they became runnable, unless `order` says otherwise.

Owns: running a debuggee, and the rendezvous.  Does not own: front ends (each has tests of
its own, through pipes and terminals).
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypedDict, TypeVar, Unpack

from stepdbg.commands.interpreter import Interpreter
from stepdbg.engine.running.session import Session
from stepdbg.model.options import SessionOptions
from stepdbg.model.protocols import Controller, Inspector
from stepdbg.model.replies import Answer, Failure, StopShown
from stepdbg.model.stops import Event, Quit, Resume, Stop
from stepdbg.render.spans import plain
from stepdbg.render.text import render_reply
from tests import mainthread
from tests.debuggee import Ended, Order, Program, fixed_order

if TYPE_CHECKING:
    import trio.abc

    from stepdbg.model.schedules import Schedule

PATIENCE = 30.0
"""Seconds to wait for a stop, a reply or the end before the test fails."""

T = TypeVar("T")
R = TypeVar("R")
Request = Callable[[], Resume | None]


class Expected(TypedDict, total=False):
    """What a test knows of a stop.

    kind: the kind of the stop, such as ``breakpoint``.  task: the task as a user says it,
    such as ``worker#2``.  line_mark: the mark of the line where the task goes on.
    step, run: the numbers of the step and of the run.
    """

    kind: str
    task: str | None
    line_mark: str | None
    step: int
    run: int | None


@dataclass
class Held:
    """A run that waits in `on_stop` for the test to say something."""

    stop: Stop
    shown: StopShown
    inspector: Inspector
    requests: queue.SimpleQueue[Request] = field(default_factory=queue.SimpleQueue)


class RemoteFrontEnd:
    """A front end whose user is the test in another thread.

    When several runs stop at once the later ones wait for the earlier: one conversation at a
    time, as at a terminal.
    """

    wants_recorder = True
    takes_ctrl_c = False

    def __init__(self) -> None:
        self.reports: queue.SimpleQueue[Held | Ended] = queue.SimpleQueue()
        self.events: list[Event] = []
        self.controller: Controller | None = None
        self.newest: Inspector | None = None
        self.leaving = False
        self._interpreter: Interpreter | None = None
        self._one_at_a_time = threading.Lock()

    @property
    def interpreter(self) -> Interpreter:
        """The interpreter, which exists once Trio has been patched."""
        assert self._interpreter is not None, "no session yet"
        return self._interpreter

    def would_answer(self) -> bool:
        """Yes: the test does."""
        return True

    def on_session(self, inspector: Inspector, controller: Controller) -> None:
        """Trio is patched."""
        self.newest = inspector
        self.controller = controller
        self._interpreter = Interpreter(controller)

    def on_stop(self, stop: Stop, inspector: Inspector, controller: Controller) -> Resume:  # noqa: ARG002 - the protocol's
        """Report the stop, then carry out the test's requests on this thread."""
        with self._one_at_a_time:
            if self.leaving:
                return Quit()
            held = Held(stop, self.interpreter.begin_stop(stop, inspector), inspector)
            self.reports.put(held)
            while True:
                resume = held.requests.get()()
                if resume is not None:
                    return resume

    def on_event(self, event: Event) -> None:
        """Keep the event for the test."""
        self.events.append(event)

    def close(self) -> None:
        """Nothing is held."""


class Debugging:
    """A program under the debugger, seen from a test.

    `events` holds everything that the session reported besides stops.
    """

    def __init__(self, program: Program, front_end: RemoteFrontEnd) -> None:
        self.program = program
        self.events = front_end.events
        self._front_end = front_end
        self._held: Held | None = None
        self._ended: Ended | None = None

    # ---- what is there -------------------------------------------------

    @property
    def stop(self) -> Stop:
        """The stop at which the program is held; waited for when it is running."""
        return self._hold().stop

    @property
    def shown(self) -> StopShown:
        """The stop as a user sees it, with source and displays."""
        return self._hold().shown

    @property
    def inspector(self) -> Inspector:
        """Reads the held run; its methods are called best through `call`."""
        return self._hold().inspector

    @property
    def controller(self) -> Controller:
        """The session's controller."""
        assert self._front_end.controller is not None, "no session yet"
        return self._front_end.controller

    def line(self, mark: str) -> int:
        """The number of the program's line that carries ``# @mark <mark>``."""
        return self.program.line(mark)

    def say_to(self, listener: list[Event]) -> None:
        """Have what the session reports from now on appended there, too late for `events`."""
        self._front_end.events = listener

    @property
    def ended(self) -> Ended | None:
        """How the program ended, None while it has not been noticed to."""
        return self._ended

    # ---- at a stop -----------------------------------------------------

    def call(self, function: Callable[[], T]) -> T:
        """Run `function` on the thread of the held run, and give what it gives."""
        return self._ask(lambda: (function(), None))

    def do(self, line: str) -> Answer:
        """Feed one line to the interpreter; the program goes on if the answer says so."""

        def feed() -> tuple[Answer, Resume | None]:
            answer = self._front_end.interpreter.feed(line)
            return answer, answer.resume

        answer = self._ask(feed)
        if answer.resume is not None:
            self._held = None
        return answer

    def reply(self, line: str, kind: type[R]) -> R:
        """The single reply of a command, of the type it must have."""
        replies = self.do(line).replies
        assert len(replies) == 1, f"`{line}` gave {replies!r}"
        (reply,) = replies
        assert isinstance(reply, kind), f"`{line}` gave {reply!r}"
        return reply

    def failure(self, line: str) -> str:
        """The sentence of a command that must fail."""
        return self.reply(line, Failure).text

    def text(self, line: str, width: int = 80) -> str:
        """What a user reads after a command."""
        return "\n".join(plain(render_reply(reply, width)) for reply in self.do(line).replies)

    def resume(self, line: str = "continue") -> None:
        """Feed a command that must let the program go on."""
        answer = self.do(line)
        assert answer.resume is not None, f"`{line}` did not resume: {answer.replies!r}"

    def go(self, line: str, **expected: Unpack[Expected]) -> Stop:
        """Resume and check the stop that follows, as `expect_stop` does."""
        self.resume(line)
        return self.expect_stop(**expected)

    # ---- while it runs -------------------------------------------------

    def do_running(self, line: str) -> Answer:
        """Feed a line as while the program runs (`halt`, `tasks`, …)."""
        inspector = self._front_end.newest
        assert inspector is not None, "no session yet"
        return self._front_end.interpreter.feed_running(line, inspector)

    # ---- what must happen next -----------------------------------------

    def expect_stop(self, **expected: Unpack[Expected]) -> Stop:
        """Wait until the program is held and check how; a held program is checked as it is."""
        stop = self.stop
        actual: Expected = {
            "kind": str(stop.kind),
            "task": stop.task.short if stop.task else None,
            "line_mark": self.program.mark(stop.place.line) if stop.place else None,
            "step": stop.step,
            "run": stop.run,
        }
        differs = {
            name: f"{actual.get(name)!r}, not {value!r}"
            for name, value in expected.items()
            if actual.get(name) != value
        }
        assert not differs, f"{differs} at {stop!r}"
        return stop

    def expect_end(self, *, exit_code: int | None = 0) -> Ended:
        """Wait for the program's end and check its exit code (None: any)."""
        if self._ended is None:
            report = self._held or self._next_report()
            if isinstance(report, Held):
                self._held = report
                raise AssertionError(f"stopped instead of ending: {report.stop!r}")
            self._ended = report
        if exit_code is not None and self._ended.exit_code != exit_code:
            raise AssertionError(f"ended as {self._ended!r}") from self._ended.exception
        return self._ended

    # ---- rendezvous ----------------------------------------------------

    def leave(self) -> None:
        """End the program, whatever it is doing; called when the test is done with it."""
        front_end = self._front_end
        front_end.leaving = True
        if self._ended is None and self._held is None and front_end.controller is not None:
            front_end.controller.quit_soon()
        try:
            self._quit_until_end()
        except AssertionError:
            mainthread.interrupt(patience=PATIENCE)
            raise

    def _quit_until_end(self) -> None:
        while self._ended is None:
            if self._held is not None:
                self._held.requests.put(Quit)
                self._held = None
            report = self._next_report()
            if isinstance(report, Ended):
                self._ended = report
            else:
                self._held = report

    def _hold(self) -> Held:
        if self._held is None:
            report = self._ended or self._next_report()
            if isinstance(report, Ended):
                self._ended = report
                message = f"the program is not held, it has ended: {report!r}"
                raise AssertionError(message) from report.exception
            self._held = report
        return self._held

    def _next_report(self) -> Held | Ended:
        try:
            return self._front_end.reports.get(timeout=PATIENCE)
        except queue.Empty:
            raise AssertionError(f"neither stop nor end within {PATIENCE:.0f} s") from None

    def _ask(self, question: Callable[[], tuple[T, Resume | None]]) -> T:
        """Run a question on the held thread; its exceptions come out here."""
        answers: queue.SimpleQueue[T | BaseException] = queue.SimpleQueue()

        def request() -> Resume | None:
            try:
                answer, resume = question()
            except BaseException as exc:
                answers.put(exc)
                return None
            answers.put(answer)
            return resume

        self._hold().requests.put(request)
        try:
            answer = answers.get(timeout=PATIENCE)
        except queue.Empty:
            raise AssertionError(f"no answer within {PATIENCE:.0f} s") from None
        if isinstance(answer, BaseException):
            raise answer
        return answer


@contextlib.contextmanager
def debugging(
    name: str,
    *,
    args: Sequence[str] = (),
    clock: trio.abc.Clock | None = None,
    record: bool | None = True,
    order: Order = "fifo",
    stops_on_failure: bool = False,
    replay: Schedule | None = None,
) -> Iterator[Debugging]:
    """Run tests/programs/`name`.py (or ``examples/…``) under the debugger during the block.

    The block begins while the program starts; the first command waits for the first stop.  A
    program that is still there when the block ends is quit.

    Args:
        name: the program, without ``.py``; an example with its folder, ``examples/tasks``.
        args: its command line arguments.
        clock: give this clock to every run that the program's last statement begins.
        record: whether the recorder is on; None: as the front end wishes.
        stops_on_failure: whether the first task that fails stops its run.
        replay: the schedule that the first run follows.
        order: how Trio's coin falls for each batch: ``fifo``, ``lifo`` or ``random``.
    """
    program = Program.load(name)
    front_end = RemoteFrontEnd()
    options = SessionOptions(record=record, stops_on_failure=stops_on_failure, replay=replay)
    session = Session(front_end, options)

    def job() -> None:
        with fixed_order(order):
            ended = program.run(args, clock)
        session.program_ended(ended.exit_code, ended.detail)
        front_end.reports.put(ended)

    session.install()
    try:
        mainthread.start(job)
        dbg = Debugging(program, front_end)
        try:
            yield dbg
        finally:
            dbg.leave()
    finally:
        session.uninstall()
