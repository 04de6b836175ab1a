"""The code around a wait, and what is at the other end of its socket or pipe, in words.

Owns: the lines below the sentence of a waiting task.  Does not own: that sentence (waits).
"""

from __future__ import annotations

from stepdbg.model.facts import NotRecorded
from stepdbg.model.task import Place, TaskLabel, Way, WayKind
from stepdbg.model.values import ChildProcess, ChildState, Pipe
from stepdbg.model.waits import Block, Part, Replaced, Surroundings, WaitLink

from . import words
from .spans import EMPTY, Line, clip, join, text

_HEAD = 50
"""How many characters to show of a line that opens a block."""

_OFTEN = 2
"""From how many waits in a row on a sentence mentions them."""

_NAMED = 4
"""How many tasks a sentence names at most."""

_TELLING = (Part.LOOP, Part.EXCEPT, Part.FINALLY)
"""Blocks that get a line even for a task that the user did not ask about."""


def of_link(link: WaitLink) -> list[Line]:
    """The lines about the code around a wait, and about its other end."""
    around, wait, lines = link.around, link.wait, list[Line]()
    if around is not None and (not link.depth or around.block.part in _TELLING):
        lines.append(block_around(around, None if wait is None else wait.place))
    if wait is not None and wait.replaced is not None:
        lines.append(_replaced(wait.replaced))
    if wait is not None and wait.peers:
        lines.append(_other_end(wait.peers, link.task))
    if wait is not None and wait.child is not None:
        lines.append(_child(wait.child))
    return [line for line in lines if line]


def _replaced(now: Replaced) -> Line:
    """What the expression in the line names now."""
    line = text("but ") + text(f"`{now.expression}`", "key")
    if not now.type:
        return line + text(" is None now")
    line += text(f" is another {now.type} now")
    if now.is_set is None:
        return line
    return line + text(", which is set" if now.is_set else ", which is not set")


def block_around(around: Surroundings, waits_at: Place | None) -> Line:
    """``in `while True:` of :6, has blocked here 228 times in a row``.

    waits_at: the line that the sentence has already named.
    """
    line = text("in ") + _opening(around.block) + text(" of ")
    line += _line_of(around, waits_at)
    if around.block.cleanup is not None:
        line += text(", whose `finally` is at ") + text(f":{around.block.cleanup}", "place")
    line += _how_often(around)
    idle = around.block.endless and not around.asked
    return line + text(", and nobody has asked it to stop") * idle


def _opening(block: Block) -> Line:
    """The line that opens a block, or ``the `else``` for a part that is only a keyword."""
    bare = block.part in (Part.ELSE, Part.TRY, Part.EXCEPT, Part.FINALLY)
    head = clip(text(block.head, "source"), _HEAD)
    return text("the `" if bare else "`") + head + text("`")


def _line_of(around: Surroundings, waits_at: Place | None) -> Line:
    """``:6`` if the file has already been named, else with the file and the function."""
    place = around.block.place
    known = waits_at is not None and waits_at.filename == place.filename
    line = text(f":{place.line}", "place") if known else words.place(place)
    name = place.function.rpartition(".")[2]
    return line + (text(" in ") + text(name, "key") if around.elsewhere else EMPTY)


def _how_often(around: Surroundings) -> Line:
    times = around.in_a_row
    if isinstance(times, NotRecorded) or times < _OFTEN:
        return EMPTY
    least = "at least " if around.more else ""
    return (
        text(f", has blocked here {least}") + text(str(times), "number") + text(" times in a row")
    )


def _other_end(peers: tuple[TaskLabel, ...], task: TaskLabel) -> Line:
    """Which tasks have the other end of a socket or pipe."""
    others = [each for each in peers if each != task]
    if not others:
        return text("it has the other end itself", "warn")
    named = [words.task(each) for each in others[:_NAMED]]
    if len(others) > _NAMED:
        named.append(text(f"{len(others) - _NAMED} more"))
    return text("the other end is with ") + join(named)


_STATES = {
    ChildState.RUNS: "runs",
    ChildState.SLEEPS: "sleeps",
    ChildState.STOPPED: "has been stopped by a signal",
    ChildState.TRACED: "is held by a debugger",
    ChildState.ENDED: "has ended",
}


def _child(child: ChildProcess) -> Line:
    """What a child does, then each of its pipes that is not empty; empty if nothing is known."""
    parts = [] if child.state is None else [_does(child, child.state)]
    parts += [_pipe(pipe) for pipe in child.pipes if pipe.used]
    return join(parts, "; ")


def _does(child: ChildProcess, state: ChildState) -> Line:
    """What a child does; for one that waits for input, whether it can still get any."""
    line = text(f"the process {child.does or _STATES[state]}")
    for pipe in child.pipes:
        if pipe.name == "stdin" and pipe.name in child.does and not pipe.used and pipe.ours:
            line += text(", which is empty, and open here: ") + _code(pipe.ours)
    return line


def _pipe(pipe: Pipe) -> Line:
    """``its stdout holds 65,536 of 65,536 bytes, which nobody reads: `process.stdout```."""
    line = text(f"its {pipe.name} holds ") + text(f"{pipe.used:,}", "number")
    line += EMPTY if pipe.size is None else text(f" of {pipe.size:,}")
    line += text(" bytes")
    if pipe.name == "stdin":
        return line + text(", which it has not read")
    if pipe.watched:
        return line
    named = text(": ") + _code(pipe.ours) if pipe.ours else EMPTY
    return line + text(", which nobody reads", "warn") + named


def _code(written: str) -> Line:
    return text("`") + text(written, "source") + text("`")


_WAYS = {
    WayKind.RETURN: ("the ", ""),
    WayKind.BREAK: ("the ", ""),
    WayKind.OVER: ("the end of ", ""),
    WayKind.FALSE: ("", " being false"),
    WayKind.CUT_SHORT: ("", " ending it"),
}


def left_by(ways: tuple[Way, ...]) -> Line:
    """``it left by the `return` of :12``, or the several ways by which it may have left."""
    named = [_way(each) for each in ways[:_NAMED]]
    if len(ways) > _NAMED:
        named.append(text(f"{len(ways) - _NAMED} more ways"))
    if len(named) == 1:
        return text("it left by ") + named[0]
    return text("it can have left by ") + join(named[:-1]) + text(" or ") + named[-1]


def _way(way: Way) -> Line:
    before, after = _WAYS[way.kind]
    head = clip(text(way.head.removesuffix(":"), "source"), _HEAD)
    line = text(f"{before}`") + head + text("` of ") + text(f":{way.line}", "place")
    return line + text(after)
