"""The result of the default order, with which the results of other orders are compared.

Owns: `comparing`.
Does not own: comparing itself (compared), forks (children).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepdbg.engine.exploring.choosers import Following
from stepdbg.engine.exploring.trying import try_once

from .children import Chance, Child, Output, get_ready
from .compared import Compared

if TYPE_CHECKING:
    from collections.abc import Callable

    from stepdbg.engine.exploring.calls import Repeatable

    from .children import Said, Say

_AGAIN = "results are not compared: the default order does not give the same one each time"


def comparing(
    call: Repeatable, *, output: bool, answer: Callable[[Child], Said]
) -> tuple[Repeatable, str]:
    """The call with its results compared; or the call as it is, with a sentence that says why.

    Args:
        call: what is explored.
        output: whether what it writes is compared as well.
        answer: gives the message of a child.
    """
    first = answer(Child(_result_of(call, output=output)))
    if first[0] != "result":
        return call, ""  # the default order fails, and the search will report that
    if answer(Child(_result_of(call, output=output))) != first:
        return call, _AGAIN
    return Compared(call, (first[1], first[2]), output=output), ""


def _result_of(call: Repeatable, *, output: bool) -> Callable[[Say], None]:
    """The work of a child that runs the default order and sends its result."""
    chance, compared = Chance(), Compared(call, output=output)

    def work(say: Say) -> None:
        Output()  # from now on standard output is a file
        get_ready()
        chance.restore()
        tried = try_once(compared, Following(()), 0)
        if tried.fault is None and not tried.cut:
            say(("result", *compared.seen))
        else:
            say(("none",))

    return work
