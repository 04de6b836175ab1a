"""Values in the frame in view: `locals`, `args`, `p`, `pp`, `whatis`, `display`,
`undisplay`.

Owns: what these commands ask for, and under which budget.
Does not own: describing values, or evaluating (engine).
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from stepdbg.model.errors import StepdbgError
from stepdbg.model.replies import DisplayList, Evaluated, Message, Variables
from stepdbg.model.values import Budget, Value

from .request import Request, Result

ALL = "-a"

MANY = Budget(depth=3, length=20, characters=400)
"""For pictures of many values at once."""

ONE = Budget()
"""For the value that was asked for."""

PRETTY = Budget(depth=10, length=500, characters=20_000, seconds=2.0, pretty=True)
"""For `pp`: as much as somebody might read."""


def locals_(request: Request) -> Result:
    """`locals [-a] [PATTERN]`."""
    words = request.words(most=1)
    view = request.desk.view
    request.desk.read_values()
    variables = view.inspector.locals(view.ref(), MANY)
    if words:
        variables = tuple(each for each in variables if fnmatchcase(each.name, words[0]))
    elif ALL not in request.options:
        variables = tuple(each for each in variables if not _is_special(each.name))
    return Variables("locals", view.frame(), variables)


def _is_special(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def args(request: Request) -> Result:
    """`args`."""
    request.words(most=0)
    view = request.desk.view
    request.desk.read_values()
    variables = view.inspector.arguments(view.ref(), MANY)
    return Variables("arguments", view.frame(), variables)


def _value(request: Request, budget: Budget) -> Value:
    desk = request.desk
    expression = request.need_rest("an expression")
    frame = desk.view.ref()
    desk.read_values()
    return desk.controller.evaluate(frame, expression, budget)


def print_(request: Request) -> Result:
    """`p EXPRESSION`."""
    return Evaluated(request.rest, _value(request, ONE))


def pretty(request: Request) -> Result:
    """`pp EXPRESSION`."""
    return Evaluated(request.rest, _value(request, PRETTY), pretty=True)


def whatis(request: Request) -> Result:
    """`whatis EXPRESSION`."""
    desk = request.desk
    expression = request.need_rest("an expression")
    frame = desk.view.ref()
    desk.read_values()
    return [Message(line) for line in desk.controller.type_of(frame, expression).split("\n")]


def display(request: Request) -> Result:
    """`display [EXPRESSION]`."""
    displays = request.desk.displays
    if not request.rest:
        return DisplayList(displays.all(request.desk))
    return DisplayList((displays.add(request.desk, request.rest),))


def undisplay(request: Request) -> Result:
    """`undisplay [NUMBER | EXPRESSION]`."""
    displays = request.desk.displays
    if not request.rest:
        count = displays.remove_all()
        return Message(f"no longer displayed: all {count}" if count else "nothing was displayed")
    gone = displays.remove(request.rest)
    if gone is None:
        raise StepdbgError(f"`{request.rest}` is not displayed; `display` lists what is")
    return Message(f"no longer displayed: `{gone}`")
