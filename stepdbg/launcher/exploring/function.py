"""`stepdbg.explore`: a function whose run is tried in many orders.

Owns: `explore_call`, and what it raises.
Does not own: exploring (search), the report (render.exploring).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from stepdbg.engine.exploring.calls import call_of, is_inside_run
from stepdbg.engine.exploring.trying import try_once
from stepdbg.model.errors import FoundFailure, NotNow
from stepdbg.model.exploring import VerdictKind
from stepdbg.render.exploring import report
from stepdbg.render.spans import plain

from .again import is_exception, order_of
from .obstacles import why_not_explorable
from .search import Search

if TYPE_CHECKING:
    from collections.abc import Callable

    from stepdbg.engine.exploring.calls import RunCall
    from stepdbg.model.exploring import FoundFault, Verdict

    from .wish import ExploreWish

_WIDTH = 100


def explore_call(
    function: Callable[..., Any],
    arguments: tuple[object, ...],
    wish: ExploreWish,
    invariant: Callable[[], object] | None = None,
) -> Verdict:
    """The verdict if nothing has failed.  See `stepdbg.explore`.

    Raises:
        NotNow: this cannot be explored.
        FoundFailure: an order fails, other than by an exception that is raised here again.
        BaseException: that exception.
    """
    if is_inside_run():
        raise NotNow("explore calls trio.run, which cannot be done inside of a run")
    call = call_of(function, arguments, invariant)
    why = why_not_explorable(call)
    if why:
        raise NotNow(f"this cannot be explored: {why}")
    verdict = Search(call, wish).verdict()
    text = plain(report(verdict, _WIDTH))
    if verdict.kind is VerdictKind.NOT_EXPLORED:
        raise NotNow(text)
    if verdict.faults:
        _raise(call, verdict.faults[0], text)
    return verdict


def _raise(call: RunCall, found: FoundFault, text: str) -> NoReturn:
    """Raise the failure: the exception itself, if it happens in this process as well."""
    if is_exception(found):
        chooser, late = order_of(found)
        tried = try_once(call, chooser, 0, late=late)
        if tried.fault is not None and tried.fault.key == found.fault.key and tried.error:
            tried.error.add_note(text)
            raise tried.error
    raise FoundFailure(text, found.token)
