"""Changing what happens next: `await`, `hold`, `pick`, `throw`, `cancel` and their like.

Owns: what these commands ask for.  Does not own: doing it (engine).
"""

from __future__ import annotations

from collections.abc import Sequence

from stepdbg.model.errors import BadUsage
from stepdbg.model.facts import ScopeNumber, TaskNumber
from stepdbg.model.options import PAST
from stepdbg.model.replies import Answer, Evaluated, Message
from stepdbg.model.standard import math
from stepdbg.model.task import TaskLabel
from stepdbg.model.values import Budget

from . import durations, grammar, task_names
from .request import Request, Result, number_in

WHEN_RUNNABLE = "--when-runnable"

NAMED = 5
"""How many of the tasks that something reaches are named."""


def await_(request: Request) -> Result:
    """`await --free EXPR`, `await --when-runnable EXPR`; without an option it is Python."""
    desk = request.desk
    request.need_rest("an expression")
    option, expression = grammar.first_word(request.rest)
    if option not in request.row.options:
        raise BadUsage(f"`await` has no option {option}")
    if not expression:
        raise BadUsage(f"`await {option}` needs an expression")
    desk.run_live()
    frame = desk.view.ref()
    source = f"await {expression}"
    if option == WHEN_RUNNABLE:
        return Message(desk.controller.steering.await_later(frame, source))
    value = desk.controller.steering.await_free(frame, source, Budget())
    return Answer(() if value is None else (Evaluated(source, value),))


def throw(request: Request) -> Result:
    """`throw [--when-runnable] TASK EXCEPTION`."""
    rest = request.need_rest("a task and an exception")
    word, expression = grammar.first_quoted_word(rest)
    later = word == WHEN_RUNNABLE
    if later:
        word, expression = grammar.first_quoted_word(expression)
    if not expression:
        raise BadUsage("`throw` needs a task and an exception")
    desk = request.desk
    desk.run_live()
    task = task_names.find_one(desk.home, word).label.number
    steering = desk.controller.steering
    return Message(steering.throw(task, desk.view.ref(), expression, later=later))


def hold(request: Request) -> Result:
    """`hold TASK…`."""
    return Message(request.desk.controller.steering.hold(_tasks(request, many=True)))


def release(request: Request) -> Result:
    """`release [TASK…]`."""
    chosen = _tasks(request, many=True) if request.words() else ()
    return Message(request.desk.controller.steering.release(chosen))


def only(request: Request) -> Result:
    """`only TASK…`."""
    return Message(request.desk.controller.steering.only(_tasks(request, many=True)))


def pick(request: Request) -> Result:
    """`pick TASK`."""
    request.words(most=1)
    (task,) = _tasks(request, many=False)
    return Message(request.desk.controller.steering.pick(task))


def order(request: Request) -> Result:
    """`order TASK TASK …`."""
    return Message(request.desk.controller.steering.order(_tasks(request, many=False)))


def _tasks(request: Request, *, many: bool) -> tuple[TaskNumber, ...]:
    """The tasks that were named; with `many`, a pattern stands for all that match."""
    words, home = request.words(), request.desk.home
    if not words:
        raise BadUsage(f"`{request.row.name}` needs a task")
    if many:
        return tuple(task_names.numbers_of(home, words))
    found: dict[TaskNumber, None] = {}
    for word in words:
        label = task_names.find_one(home, word).label
        if label.number in found:
            raise BadUsage(f"{label} is named twice")
        found[label.number] = None
    return tuple(found)


def time(request: Request) -> Result:
    """`time [+TIME | next]`."""
    words = request.words(most=1)
    steering = request.desk.controller.steering
    if not words:
        return Message(steering.time())
    seconds = None if words[0] == "next" else durations.seconds(words[0])
    return Message(steering.move_time(seconds))


def speed(request: Request) -> Result:
    """`speed FACTOR`."""
    words = request.words(most=1)
    if not words:
        raise BadUsage("`speed` needs a factor such as 0.1")
    return Message(request.desk.controller.steering.set_speed(durations.number(words[0])))


def interrupt(request: Request) -> Result:
    """`interrupt`."""
    request.words(most=0)
    return Message(request.desk.controller.steering.interrupt())


def cancel(request: Request) -> Result:
    """`cancel [-y] TASK… | scope N`."""
    words = request.words()
    if not words:
        raise BadUsage("`cancel` needs a task, or `scope` and a number")
    if words[0] == "scope" and len(words) == 2:
        return _cancel_scope(request, ScopeNumber(number_in(words[1], "number of a scope")))
    steering = request.desk.controller.steering
    numbers = task_names.numbers_of(request.desk.home, words)
    reached = {label: None for number in numbers for label in steering.reach_of_task(number)}

    def work() -> Result:
        for number in numbers:
            steering.cancel_task(number)
        return Message(f"cancelled {_named(tuple(reached))}")

    task = request.desk.home.task(numbers[0]).label
    whom = f"{len(numbers)} tasks" if len(numbers) > 1 else str(task)
    return request.ask(f"cancelling {whom} reaches {_named(tuple(reached))}", work)


def _cancel_scope(request: Request, scope: ScopeNumber) -> Result:
    steering = request.desk.controller.steering
    reach = steering.reach_of_scope(scope)

    def work() -> Result:
        steering.cancel_scope(scope)
        return Message(f"cancelled scope {scope}, which reaches {_named(reach)}")

    return request.ask(f"cancelling scope {scope} reaches {_named(reach)}", work)


def deadline(request: Request) -> Result:
    """`deadline [-y] scope N +TIME | none`."""
    words = request.words(most=3)
    if len(words) != 3 or words[0] != "scope":
        raise BadUsage("`deadline` needs `scope`, a number and a time such as +5s")
    steering = request.desk.controller.steering
    scope = ScopeNumber(number_in(words[1], "number of a scope"))
    seconds = math.inf if words[2] == "none" else durations.seconds(words[2])
    reach = steering.reach_of_scope(scope)
    when = "never" if math.isinf(seconds) else f"in {seconds:g} s" if seconds > 0 else "at once"

    def work() -> Result:
        steering.move_deadline(scope, seconds)
        return Message(f"scope {scope} expires {when}; it holds {_named(reach)}")

    return request.ask(f"scope {scope} would expire {when}, which reaches {_named(reach)}", work)


def _named(labels: Sequence[TaskLabel]) -> str:
    if not labels:
        return "no task"
    named = ", ".join(str(label) for label in labels[:NAMED])
    more = len(labels) - NAMED
    return f"{named} and {more} more" if more > 0 else named


def interact(request: Request) -> Result:
    """`interact`."""
    request.words(most=0)
    desk = request.desk
    desk.run_live()
    where = desk.view.frame().place.function
    desk.interacting = True
    can = "for expressions" if desk.controller.medium == PAST else "which may await"
    return Message(f"Python in {where}, {can}; Ctrl-D or exit() returns", "note")
