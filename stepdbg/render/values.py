"""Values, variables and displays.

Owns: the look of described objects, however many lines they have.
Does not own: how much of an object is described (engine.describing.values, under a budget).
"""

from __future__ import annotations

from stepdbg.model.replies import Displayed, DisplayList, Evaluated, Returned, Variables
from stepdbg.model.values import Value

from . import exceptions, words
from .spans import CUT, EMPTY, Line, clean_lines, clip, line_width, text, trimmed, wrap

VARIABLE_LINES = 4
"""How many lines one variable may take in a list of variables."""


def value_lines(value: Value, width: int, most: int | None = None) -> list[Line]:
    """A value on as many lines as it needs, at most `most`, then any problem with it."""
    lines: list[Line] = []
    for string in clean_lines(value.text):
        lines += wrap(text(string, "value"), width)
        if most is not None and len(lines) > most:
            break
    cut = most is not None and len(lines) > most
    if cut:
        lines = [*lines[:most], text(CUT, "dim")]
    elif value.truncated and CUT not in value.text and "..." not in value.text:
        lines.append(text(f"{CUT} (cut short)", "dim"))
    if value.problem:
        lines += wrap(text(value.problem, "warn"), width)
    return lines


def render_evaluated(reply: Evaluated, width: int) -> list[Line]:
    """The value of an expression in full, after the task's name if the reply has one."""
    if reply.task is not None:
        return named(words.task(reply.task), reply.value, width, sign=": ")
    return value_lines(reply.value, width)


def render_returned(reply: Returned, width: int) -> list[Line]:
    """What a function or task returned or raised."""
    if reply.value is not None:
        return value_lines(reply.value, width)
    return exceptions.summary(reply.raised, width, head=text("raises "))


def named(
    name: Line, value: Value, width: int, most: int | None = None, *, sign: str = " = "
) -> list[Line]:
    """``name = value``; further lines begin below the value's first character."""
    head = name + text(sign)
    start = line_width(head)
    if start > width // 2:
        below = value_lines(value, width - 4, most)
        return [clip(trimmed(head), width), *(text(" " * 4) + line for line in below)]
    first, *more = value_lines(value, width - start, most)
    return [head + first, *(text(" " * start) + line for line in more)]


def render_variables(reply: Variables, width: int) -> list[Line]:
    """Names with values, with the equals signs in one column."""
    what = "arguments" if reply.what == "arguments" else "local variables"
    if not reply.variables:
        function = reply.frame.place.function
        where = text(f" in {function}") if function else EMPTY
        return wrap(text(f"no {what}") + where, width)
    longest = min(max(line_width(text(v.name)) for v in reply.variables), 20, width // 4)
    lines: list[Line] = []
    for variable in reply.variables:
        name = text(variable.name, "key")
        name += text(" " * (longest - line_width(name)))
        lines += named(name, variable.value, width, VARIABLE_LINES)
    return lines


def displayed(display: Displayed, width: int) -> list[Line]:
    """One expression of `display`, with its earlier value if that was different."""
    head = text(f"display {display.number}", "title") + text(": ")
    name = head + text(display.expression, "source")
    if display.problem:
        return wrap(name + text(": ") + text(display.problem, "error"), width, indent=2, first=0)
    if display.value is None:
        return wrap(name, width, indent=2, first=0)
    lines = named(name, display.value, width, VARIABLE_LINES)
    if display.before is not None:
        lines = _with_before(lines, display.before, width)
    return lines


def _with_before(lines: list[Line], before: Value, width: int) -> list[Line]:
    """Add the old value: beside the new one if both are short, else on lines of its own."""
    was = text("  (was ") + text(before.text, "dim") + text(")")
    if len(lines) == 1 and "\n" not in before.text and line_width(lines[0] + was) <= width:
        return [lines[0] + was]
    return lines + named(text("  was", "dim"), before, width, VARIABLE_LINES)


def render_displays(reply: DisplayList, width: int) -> list[Line]:
    """The expressions shown at every stop."""
    if not reply.displays:
        return wrap(text("nothing is displayed; `display EXPRESSION` adds one"), width)
    return [line for display in reply.displays for line in displayed(display, width)]
