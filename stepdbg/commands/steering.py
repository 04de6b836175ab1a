"""Changing what happens next: `await`.

Owns: what these commands ask for.  Does not own: doing it (engine).
"""

from __future__ import annotations

from stepdbg.model.errors import BadUsage
from stepdbg.model.replies import Answer, Evaluated, Message
from stepdbg.model.values import Budget

from . import grammar
from .request import Request, Result

FREE = "--free"
WHEN_RUNNABLE = "--when-runnable"


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
