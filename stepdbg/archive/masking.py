"""Which rule for secrets applies to each field of a picture.

Owns: the one place that every text of a dump passes through; what a picture without values keeps
of the reasons for cancellations.
Does not own: the rules (secrets), going through a picture (codec).

Every text is masked unless a table here says what else its field holds.  So no new field can be
forgotten.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

from stepdbg.model.hints import Hint, Items, fields_of
from stepdbg.model.records import replace
from stepdbg.model.standard import re
from stepdbg.model.task import Wake, WakeKind
from stepdbg.model.values import Value, Variable

from .secrets import MASK, looks_secret, mask_source, mask_text, mask_words
from .shapes import LEFT_OUT

Change = Callable[[Any], Any]

_NAMES: Final = frozenset({"arguments", "filename", "folder", "function", "kind", "number", "type"})
"""Fields (of any record) that say what something is called, where its file is, or what kind it
is."""

_OTHERWISE: Final[dict[tuple[str, str], Change]] = {
    ("About", "command_line"): mask_words,
    ("BreakpointSpec", "condition"): mask_source,
    ("BreakpointSpec", "log"): mask_source,
    ("Place", "text"): mask_source,
    ("SourcePiece", "text"): mask_source,
}


@cache
def change_of(record: type) -> Change | None:
    """The change made to records of a type before they are written to a file; None: none."""
    if record is Variable:
        return _variable
    rules = {
        field.name: _OTHERWISE.get((record.__name__, field.name), _rule(hint))
        for field, hint in fields_of(record)
        if field.name not in _NAMES
    }
    wanted = [(name, rule) for name, rule in rules.items() if rule is not None]
    if not wanted:
        return None

    def changed(found: Any) -> Any:
        fresh = {}
        for name, rule in wanted:
            here = getattr(found, name)
            if here and (masked := rule(here)) != here:
                fresh[name] = masked
        return replace(found, **fresh) if fresh else found

    return changed


def _rule(hint: Hint) -> Change | None:
    if str in hint:
        return _if_text
    if any(isinstance(part, Items) and any(str in each for each in part.hints) for part in hint):
        return _each_text
    return None


def _if_text(value: object) -> object:
    return mask_text(str.__str__(value)) if isinstance(value, str) else value


def _each_text(values: Any) -> Any:
    return tuple(_if_text(each) for each in values) if isinstance(values, tuple) else values


_REASONS: Final = frozenset(
    {("Cancelling", "reason"), ("ScopeSnapshot", "reason"), ("Wake", "detail")}
)
"""Fields that hold the reason for a cancellation, in Trio's words or the program's."""

_RAISED = re.compile(
    r"(?P<kept>(?:\w+(?:: |, ))?"
    r"(?:child task|Code block inside nursery contextmanager) raised exception [\w.]+).*",
    re.DOTALL,
)
_SOURCE = re.compile(
    r"(?P<source>deadline|nursery|explicit|shutdown|KeyboardInterrupt|unknown)(?P<rest>: |, )?"
)
_PLAIN = re.compile(
    r"misnesting|main task done, shutting down [\w ]+|Parent Task exited prematurely.*"
)


def without_reasons(change: Change | None, record: type) -> Change | None:
    """The change made to records of a type in a picture without values; None: none.

    If a reason quotes an exception, the exception's type stays and its message goes.  A reason in
    the program's own words is left out.

    change: a change to make before this one.
    """
    names = [name for of, name in _REASONS if of == record.__name__]
    if not names:
        return change

    def changed(found: Any) -> Any:
        masked = found if change is None else change(found)
        if isinstance(masked, Wake) and masked.kind is not WakeKind.CANCELLED:
            return masked
        return replace(masked, **{name: without_values_in(getattr(masked, name)) for name in names})

    return changed


def without_values_in(reason: str) -> str:
    """The reason for a cancellation without the parts that may quote values."""
    if raised := _RAISED.fullmatch(reason):
        return raised["kept"]
    source = _SOURCE.match(reason)
    head, rest = (source[0], reason[source.end() :]) if source else ("", reason)
    return head + rest if not rest or _PLAIN.fullmatch(rest) else head + LEFT_OUT


def _variable(found: Variable) -> Variable:
    # Here only its own name counts: secrets inside its value are masked in the value's text.
    if not looks_secret(found.name) or found.value.text == MASK:
        return found
    return Variable(found.name, Value(MASK, found.value.type))
