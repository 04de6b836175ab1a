"""What the user has set up, as the commands that set it up again.

Owns: breakpoints, aliases and displays as lines.  Does not own: files (breaks), or starting
a program again (launcher).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from stepdbg.model.breakpoints import (
    BreakpointSnapshot,
    FunctionTarget,
    Target,
    TaskTarget,
    WatchTarget,
)
from stepdbg.model.records import replace

from . import grammar

END = "end"
"""What ends the lines of `commands`."""


def _target(target: Target) -> str:
    if isinstance(target, TaskTarget):
        target = replace(target, pattern=grammar.quoted(target.pattern))
    text = str(target)
    bare = isinstance(target, FunctionTarget) and "." not in target.function
    return f":{text}" if bare else text


def breakpoint_lines(each: BreakpointSnapshot) -> list[str]:
    """The lines that set a breakpoint with its conditions, counts and commands."""
    spec = each.spec
    if isinstance(spec.target, WatchTarget):
        return []  # it belongs to a frame, which another process does not have
    parts = [_target(spec.target)]
    if spec.condition is not None:
        parts.append(f"if {spec.condition}")
    if spec.hit_count is not None:
        parts.append(f"hits {spec.hit_count}")
    if spec.ignore:
        parts.append(f"ignore {spec.ignore}")
    if spec.per_task:
        parts.append("per task")
    if spec.log is not None:
        parts.append(f"log {spec.log!r}")
    if not each.enabled:
        parts.append("disabled")
    lines = [("tbreak " if spec.temporary else "break ") + ", ".join(parts)]
    if each.commands:
        lines += ["commands", *each.commands]
        if not goes_on(each.commands[-1]):  # that has ended them already
            lines.append(END)
    return lines


def goes_on(line: str) -> bool:
    """Whether a line of a breakpoint's commands lets the program go on, and so ends them."""
    found = grammar.meaning(line)
    at_margin = line[:1] not in (" ", "\t")  # in a block `continue` is Python's own
    return at_margin and isinstance(found, grammar.CommandCall) and found.row.resumes


def lines_of(
    breakpoints: Iterable[BreakpointSnapshot],
    aliases: Mapping[str, str],
    displays: Iterable[str],
) -> list[str]:
    """Everything, in an order in which it can be read back."""
    lines = [line for each in breakpoints for line in breakpoint_lines(each)]
    lines += [f"alias {name} {meaning}" for name, meaning in aliases.items()]
    lines += [f"display {expression}" for expression in displays]
    return lines
