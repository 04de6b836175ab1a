"""Find and call the code of a row of the command table.

Owns: refusing commands that make no sense now, importing the code at its first use, and making
an `Answer` from what it returns.  Does not own: the rows, or the code.
"""

from __future__ import annotations

from typing import cast

from stepdbg.model.errors import BadUsage
from stepdbg.model.replies import Answer, Failure, Reply
from stepdbg.model.stops import AFTER_END
from stepdbg.sealed import load

from . import faults
from .grammar import CommandCall
from .request import Desk, Handler, Request, Result
from .row import CommandRow, Needs


def carry_out(desk: Desk, call: CommandCall) -> Answer:
    """Carry out one command.  Raises what the command raises, except `BadUsage`."""
    row = call.row
    refusal = _refusal(desk, row)
    if refusal is not None:
        return Answer((refusal,))
    try:
        handler = _handlers.get(row.handler) or handler_of(row)
        result = handler(Request(desk, row, call.rest, call.word))
    except BadUsage as error:
        return Answer((Failure(str(error), f"usage: {row.usage}"),))
    return result if isinstance(result, Answer) else answer_of(result)


def handler_of(row: CommandRow) -> Handler:
    """The function of a row; its module is imported at the first use."""
    module, _, function = row.handler.partition(":")
    code = getattr(load(f"{__package__}.{module}"), function)
    found = _handlers[row.handler] = cast(Handler, code)
    return found


_handlers: dict[str, Handler] = {}
"""The functions that were needed so far."""


def _refusal(desk: Desk, row: CommandRow) -> Failure | None:
    if desk.running:
        return None if row.while_running else faults.needs_stop(f"`{row.name}`")
    if row.needs is Needs.RUN and desk.stop is not None and desk.stop.kind in AFTER_END:
        sentence = f"`{row.name}` needs a run that is alive; nothing goes on after the end"
        return Failure(sentence, "`exceptions` shows what was raised, `restart` starts again")
    if row.needs in (Needs.RUN, Needs.STOP) and not desk.home.live:
        return Failure(f"`{row.name}` needs a live run, and {desk.controller.medium} has none")
    return None


def answer_of(result: Result) -> Answer:
    """Make an answer from what a handler has returned."""
    if isinstance(result, Answer):
        return result
    replies: list[Reply] = result if isinstance(result, list) else [result]
    return Answer(tuple(replies))
