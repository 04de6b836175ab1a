"""The times that the program asks for, from the tape.

Owns: functions in place of those of `time`, and of `datetime.now`.
Does not own: Trio's clock, which a schedule controls.

`datetime.now` is a method of a class in C.  The class cannot be replaced: other classes are derived
from it, and code calls `isinstance` with it.  So stepdbg changes the entry in the class's
dictionary, and calls `PyType_Modified`, which makes CPython forget the method that it has cached.
"""

from __future__ import annotations

import datetime
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

from stepdbg.model.standard import gc, original, sys, time
from stepdbg.model.tape import Tape
from stepdbg.model.taped import Taped, replace

_CLOCKS = (
    *("time", "monotonic", "perf_counter", "process_time", "thread_time"),
    *("time_ns", "monotonic_ns", "perf_counter_ns", "process_time_ns", "thread_time_ns"),
    *("clock_gettime", "clock_gettime_ns"),
)
_OF_A_MOMENT = (("localtime", 0), ("gmtime", 0), ("ctime", 0), ("strftime", 1), ("asctime", 0))
"""Functions that use the present time unless the program gives one, and the place of that
argument."""


def install(tape: Tape) -> None:
    """Let the times that the program asks for come from the tape."""
    module: Any = original("time")
    now = partial(tape.of, "time.time", time.time)
    for name, place in _OF_A_MOMENT:
        real = getattr(module, name)
        setattr(module, name, Taped(tape, name, real, _of_a_moment(real, place, now)))
    replace(tape, module, *_CLOCKS)
    module.sleep = Taped(tape, "time.sleep", module.sleep, _sleep(tape, module.sleep))
    _replace_now(tape)


def _of_a_moment(
    real: Callable[..., Any], place: int, now: Callable[[], float]
) -> Callable[..., Any]:
    """One of `_OF_A_MOMENT`, using the tape's time unless the program gives one."""
    takes_tuple = real.__name__ in ("strftime", "asctime")

    def given(*args: Any) -> Any:
        if len(args) > place and (takes_tuple or args[place] is not None):
            return real(*args)
        moment = now()
        return real(*args[:place], time.localtime(moment) if takes_tuple else moment)

    return given


def _sleep(tape: Tape, real: Callable[[float], None]) -> Callable[[float], None]:
    def sleep(seconds: float) -> None:
        real(min(seconds, 0) if tape.plays else seconds)

    return sleep


class _Now:
    """Takes the place of a method in the dictionary of `datetime.datetime`."""

    def __init__(self, tape: Tape, real: Any, make: Callable[..., Any]) -> None:
        self._tape, self._real, self._make = tape, real, make
        self.__doc__ = real.__doc__

    def __get__(self, instance: object, owner: Any = None) -> Any:
        cls = type(instance) if owner is None else owner
        real = self._real.__get__(None, cls)
        return Taped(self._tape, real.__name__, real, partial(self._make, cls))


def _replace_now(tape: Tape) -> None:
    """Replace `datetime.now` and `datetime.utcnow`; `today` calls `time.time`, replaced above."""
    if sys.implementation.name != "cpython":
        return
    import ctypes

    names: Any = gc.get_referents(datetime.datetime.__dict__)[0]
    micros = partial(tape.of, "datetime.now", lambda: time.time_ns() // 1000)
    names["now"] = _Now(tape, names["now"], partial(_now, micros))
    names["utcnow"] = _Now(tape, names["utcnow"], partial(_utcnow, micros))
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(datetime.datetime))


def _now(micros: Callable[[], int], cls: Any, tz: datetime.tzinfo | None = None) -> Any:
    seconds, rest = divmod(micros(), 10**6)
    return cls.fromtimestamp(seconds, tz).replace(microsecond=rest)


def _utcnow(micros: Callable[[], int], cls: Any) -> Any:
    if sys.version_info >= (3, 12):
        sentence = (
            "datetime.datetime.utcnow() is deprecated and scheduled for removal in a future "
            "version. Use timezone-aware objects to represent datetimes in UTC: "
            "datetime.datetime.now(datetime.UTC)."
        )
        warnings.warn(sentence, DeprecationWarning, stacklevel=3)
    seconds, rest = divmod(micros(), 10**6)
    return cls.fromtimestamp(seconds, datetime.UTC).replace(microsecond=rest, tzinfo=None)
