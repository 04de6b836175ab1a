"""`trace`: tell what happens as it happens.

Owns: what the command asks for.  Does not own: telling it (engine.tracing).
"""

from __future__ import annotations

from stepdbg.model.errors import BadUsage
from stepdbg.model.patterns import parse_pattern
from stepdbg.model.replies import Message

from . import grammar
from .request import Request, Result


def trace(request: Request) -> Result:
    """`trace on [TASK…]`, `trace off`."""
    switch, *names = grammar.words(request.need_rest("on or off"))
    if switch not in ("on", "off") or (names and switch == "off"):
        raise BadUsage("say `trace on`, `trace on TASK…` or `trace off`")
    controller = request.desk.controller
    if switch == "off":
        controller.trace(on=False)
        return Message("the trace is off")
    controller.trace(on=True, tasks=tuple(map(parse_pattern, names)))
    some = f"what {grammar.quoted(names[0])} does" if len(names) == 1 else "what these tasks do"
    traced = some if names else "what happens"
    return Message(f"{traced} is traced from now on; `trace off` ends that")
