"""Breakpoints: `break`, `tbreak`, `clear`, `enable`, `disable`, `ignore`, `condition`,
`commands`.

Owns: the code of these commands.  Does not own: targets (targets), hits (engine).
"""

from __future__ import annotations

from collections.abc import Callable

from stepdbg.model.breakpoints import (
    BreakpointSnapshot,
    BreakpointSpec,
    LineTarget,
    Target,
    WatchTarget,
)
from stepdbg.model.errors import NoSuchBreakpoint, NotNow, StepdbgError
from stepdbg.model.facts import BreakpointNumber
from stepdbg.model.replies import (
    Answer,
    BreakpointList,
    BreakpointSet,
    Failure,
    Message,
    Reply,
)
from stepdbg.model.standard import os

from . import expansion, faults, files, grammar, python_input, saving, targets
from .conditions import parse_modifiers
from .request import Desk, Request, Result, number_in


def break_(request: Request) -> Result:
    """`break [TARGET [if CONDITION][, MODIFIER]…]`, `break save FILE`, `break load FILE`."""
    if not request.rest:
        return BreakpointList(request.desk.home.breakpoints())
    word, rest = grammar.first_word(request.rest)
    if word == "save" and rest:
        return _save(request.desk, rest)
    if word == "load" and rest:
        return _load(request.desk, rest)
    return _set(request, temporary=False)


def tbreak(request: Request) -> Result:
    """`tbreak TARGET[, [if] CONDITION]`."""
    request.need_rest("something to stop at")
    return _set(request, temporary=True)


def watch(request: Request) -> Result:
    """`watch EXPR[, [if] CONDITION]`."""
    request.need_rest("a name, an attribute or an item whose value is watched")
    frame = request.desk.view.ref()
    return _set(request, temporary=False, reads=lambda text: WatchTarget(text, frame))


def _set(
    request: Request, *, temporary: bool, reads: Callable[[str], Target] | None = None
) -> Result:
    """Set a breakpoint; `reads` reads the target instead of `targets.parse_target`."""
    text, behind = grammar.split_condition(request.rest)
    said = parse_modifiers(behind)
    spec = BreakpointSpec(
        target=targets.parse_target(request.desk, text) if reads is None else reads(text),
        condition=said.condition,
        temporary=temporary,
        ignore=said.ignore,
        hit_count=said.hit_count,
        log=said.log,
        enabled=said.enabled,
        per_task=said.per_task,
    )
    return BreakpointSet("set", request.desk.controller.add_breakpoint(spec))


def _save(desk: Desk, filename: str) -> Result:
    found = desk.home.breakpoints()
    files.write_lines(filename, (line for each in found for line in saving.breakpoint_lines(each)))
    return Message(f"{len(found)} breakpoints saved in {filename}")


def _load(desk: Desk, filename: str) -> Result:
    replies: list[Reply] = []
    for line in files.read_lines(filename):
        replies.extend(_load_line(desk, line))
    return replies


def _load_line(desk: Desk, line: str) -> tuple[Reply, ...]:
    if desk.collecting is not None:
        return collect(desk, line).replies
    word = grammar.first_word(line)[0] if line.strip() else "#"
    if word.startswith("#"):
        return ()
    if word not in ("break", "tbreak", "commands"):
        return (Failure(f"a file of breakpoints has no line such as `{line}`"),)
    return desk.run_line(line).replies


def clear(request: Request) -> Result:
    """`clear [NUMBER… | FILE:LINE]`."""
    remove = request.desk.controller.remove_breakpoint
    if targets.FILE_AND_LINE.fullmatch(request.rest):
        return _changed(_at_line(request), remove, "cleared")
    numbers = _named(request)
    if request.words() or not numbers:
        return _changed(numbers, remove, "cleared")
    several = f"{len(numbers)} breakpoints" if len(numbers) > 1 else f"breakpoint {numbers[0]}"
    return request.ask(f"this clears {several}", lambda: _changed(numbers, remove, "cleared"))


def _at_line(request: Request) -> list[BreakpointNumber]:
    """The breakpoints on a line that was typed as ``FILE:LINE``.  Raises `NoSuchBreakpoint`."""
    filename, _, line = request.rest.rpartition(":")
    found = [
        each.number
        for each in request.desk.home.breakpoints()
        if isinstance(each.spec.target, LineTarget)
        and each.spec.target.line == number_in(line, "line number")
        and _is_file(each.spec.target.filename, filename)
    ]
    if not found:
        raise NoSuchBreakpoint(f"there is no breakpoint at {request.rest}; `break` lists them")
    return found


def _is_file(whole: str, typed: str) -> bool:
    """Whether a typed path, or the end of a path, names a file."""
    typed = os.path.normpath(os.path.expanduser(typed))
    return whole == os.path.abspath(typed) or f"{os.sep}{whole}".endswith(f"{os.sep}{typed}")


def disable(request: Request) -> Result:
    """`disable [NUMBER…]`."""
    enable = request.desk.controller.enable_breakpoint
    return _changed(_named(request), lambda number: enable(number, False), "disabled")


def enable(request: Request) -> Result:
    """`enable [NUMBER…]`."""
    enable = request.desk.controller.enable_breakpoint
    return _changed(_named(request), lambda number: enable(number, True), "enabled")


def _named(request: Request) -> list[BreakpointNumber]:
    """The numbers of the breakpoints that the user named, or of all breakpoints."""
    words = request.words()
    if words:
        return [_number(word) for word in words]
    return [each.number for each in request.desk.home.breakpoints()]


def _changed(
    numbers: list[BreakpointNumber],
    change: Callable[[BreakpointNumber], BreakpointSnapshot],
    what: str,
) -> Result:
    """Change breakpoints; if one of them does not exist, the others still change."""
    if not numbers:
        return Message("there are no breakpoints", "note")
    replies: list[Reply] = []
    for number in dict.fromkeys(numbers):
        try:
            replies.append(BreakpointSet(what, change(number)))
        except StepdbgError as error:
            replies.append(faults.failure_of(error))
    return replies


def _number(word: str) -> BreakpointNumber:
    return BreakpointNumber(number_in(word, "breakpoint number"))


def ignore(request: Request) -> Result:
    """`ignore NUMBER [COUNT]`."""
    request.need_rest("the number of a breakpoint")
    number, *count = request.words(most=2)
    passing = number_in(count[0], "count") if count else 0
    changed = request.desk.controller.ignore_breakpoint(_number(number), passing)
    return BreakpointSet("changed", changed)


def condition(request: Request) -> Result:
    """`condition NUMBER [CONDITION]`."""
    request.need_rest("the number of a breakpoint")
    number, expression = grammar.first_word(request.rest)
    wanted = grammar.without_if(expression) or None
    changed = request.desk.controller.set_condition(_number(number), wanted)
    return BreakpointSet("changed", changed)


def commands(request: Request) -> Result:
    """`commands [NUMBER]`: the lines that follow are collected by `collect`."""
    words = request.words(most=1)
    known = {each.number for each in request.desk.home.breakpoints()}
    if not known:
        raise NotNow("there are no breakpoints; `break task PATTERN` sets one")
    number = _number(words[0]) if words else max(known)
    if number not in known:
        raise NoSuchBreakpoint(f"there is no breakpoint {number}; `break` lists them")
    request.desk.collecting = number
    request.desk.collected.clear()
    return Answer(wants_more=True)


def end(request: Request) -> Result:
    """`end` outside of `commands`, as after a `continue` that has already ended them."""
    request.words(most=0)
    return Message("there are no lines of `commands` to end", "note")


def collect(desk: Desk, line: str) -> Answer:
    """Take one more line for the breakpoint that `commands` named."""
    lines = desk.collected
    if line.strip() == saving.END:
        return _store(desk)
    if line.strip() or _in_block(lines):
        lines.append(line.rstrip())
    return _store(desk) if _resumes(desk, line) else Answer(wants_more=True)


def _in_block(lines: list[str]) -> bool:
    """Whether an empty line ends a block of Python, and so must be kept."""
    starts = range(len(lines))
    return any(python_input.is_unfinished("\n".join(lines[start:])) for start in starts)


def _resumes(desk: Desk, line: str) -> bool:
    if not line.strip() or line[0] in " \t":  # in a block `continue` is Python's own
        return False
    if expansion.find(desk.aliases, line) is not None:
        return False
    found = grammar.meaning(line)
    return isinstance(found, grammar.CommandCall) and found.row.resumes


def _store(desk: Desk) -> Answer:
    assert desk.collecting is not None
    number, desk.collecting = desk.collecting, None
    changed = desk.controller.set_commands(number, tuple(desk.collected))
    return Answer((BreakpointSet("changed", changed),))
