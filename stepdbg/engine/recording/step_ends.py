"""How a step ends: where a task blocks, or how it exits.

Owns: finding this while the program runs, cheaply and without running its code; how often a task
has blocked at one line.
Does not own: keeping it (recorder); what exactly a blocked task waits for (waiting).
"""

from __future__ import annotations

from collections.abc import Iterable
from types import CodeType, CoroutineType, FrameType

import trio

from stepdbg._trio_internals.await_chain import await_chain, greenlets_are_used
from stepdbg._trio_internals.recording import BLOCKED, SPAWNED, Note
from stepdbg.engine.describing import plain
from stepdbg.engine.stacks.frames import OWN_FILES
from stepdbg.model.records import NamedTuple

_MESSAGE = 200
"""How many characters of an exception's message to keep."""


_MIXIN = "AsyncContextManagerMixin.__aenter__"
"""Of Trio's locks; what it calls says more."""


class Stuck(NamedTuple):
    """Where a task has blocked: its own line, and the function that this line awaits."""

    code: CodeType | None
    instruction: int
    awaited: str


_KEPT = 10_000
"""How many places to remember."""

_stuck: dict[tuple[int, int, str], Stuck] = {}
"""Places, by the identity of a code object, an instruction in it, and what that awaits, because
tasks block at few places again and again.  Each place keeps its code object alive, so no other
object can have the same identity."""


def where_blocked(coro: object) -> Stuck:
    """The place of a suspended coroutine, by its innermost own function.

    The search ends at anything that is not a coroutine.  So for an asynchronous generator it finds
    the line that iterates over it.  Equal places are the same object, as long as it is remembered.
    """
    own: CoroutineType[object, object, object] | None = None
    awaited = ""
    here = coro
    while type(here) is CoroutineType:
        code = here.cr_code
        if OWN_FILES[code.co_filename]:
            own, awaited = here, ""
        elif not awaited or awaited == _MIXIN:
            awaited = code.co_qualname
        here = here.cr_await
    frame = None if own is None else own.cr_frame
    if frame is None:
        frame, awaited = _in_greenlets(coro, awaited)
    if frame is None:
        return Stuck(None, 0, awaited)
    code, instruction = frame.f_code, frame.f_lasti
    found = _stuck.get((id(code), instruction, awaited))
    if found is None:
        if len(_stuck) >= _KEPT:
            _stuck.clear()
        found = _stuck[id(code), instruction, awaited] = Stuck(code, instruction, awaited)
    return found


def _in_greenlets(coro: object, awaited: str) -> tuple[FrameType | None, str]:
    """The same for a coroutine whose functions run in a greenlet: its own frame, what it awaits."""
    own = None
    if greenlets_are_used():
        for owner, frame in await_chain(coro):
            if OWN_FILES[frame.f_code.co_filename]:
                own, awaited = frame, ""
            elif owner is not frame and awaited in ("", _MIXIN):
                awaited = frame.f_code.co_qualname
    return own, awaited


class Ending(NamedTuple):
    """How a task has ended: ``returned``, ``cancelled`` or ``raised``, and what it raised."""

    outcome: str
    detail: str = ""


RETURNED = Ending("returned")


def ending_of(error: BaseException | None) -> Ending:
    """How a task has ended.  error: the exception that left it; None for none."""
    if error is None:
        return RETURNED
    if isinstance(error, trio.Cancelled):
        return Ending("cancelled")
    return Ending("raised", _in_one_line(error))


_PLAIN = (str, int, float, bool, type(None))


def _in_one_line(error: BaseException) -> str:
    """Type and message; only the type if making the message would run code of the program."""
    name = plain.type_name(type(error)).removeprefix("__main__.")
    shows = plain.static_attribute(type(error), "__str__")
    builtin = type(shows) is type(BaseException.__str__)
    harmless = isinstance(error, BaseExceptionGroup) or all(
        type(argument) in _PLAIN for argument in error.args
    )
    text = plain.without_colours(error, str(error)) if builtin and harmless else ""
    message = plain.one_line(text, _MESSAGE)
    return f"{name}: {message}" if message else name


class InARow(NamedTuple):
    """How often a task has blocked at one line without blocking anywhere else.

    ended: it blocked elsewhere before; else the notes do not go back further.
    """

    where: Stuck
    times: int = 1
    ended: bool = False


def blocked_in_a_row(notes: Iterable[Note]) -> dict[int, InARow]:
    """By task number, how often it has blocked in a row at the line of its last block.

    Args:
        notes: the newest first.
    """
    found: dict[int, InARow] = {}
    for kind, _, number, _, _, more in notes:
        if kind != BLOCKED or not isinstance(more, Stuck):
            if kind == SPAWNED and number in found:
                found[number] = found[number]._replace(ended=True)
            continue
        known = found.get(number)
        if known is None:
            found[number] = InARow(more)
        elif not known.ended:
            same = known.where.code is more.code and known.where.instruction == more.instruction
            found[number] = known._replace(times=known.times + same, ended=not same)
    return found
