"""The standard library as it was when stepdbg started, for stepdbg's code only.

Longer than most modules: type checkers want each of its modules named twice.

Owns: a copy of each module whose functions stepdbg calls while it debugs a program, made at its
first use, so that a function that the program replaces is not replaced for stepdbg; which names are
looked up late on purpose, with the reasons (`LATE`).
Does not own: built-in functions such as `open`; reading sources (engine.stacks.source_files).

``from stepdbg.model.standard import os`` gives the copy: a module under another name.  Its Python
functions are made anew with the copy's globals, so that ``os.makedirs`` calls the ``os.mkdir`` of
the copy.  Tools that replace functions in every loaded module (freezegun, pyfakefs) look for names
and identities, and find none in it.  If the program has replaced a function before stepdbg started,
the copy takes it from the underlying module in C, or runs the module's code once more.
"""

from __future__ import annotations

import sys as _sys
from functools import _lru_cache_wrapper, partial
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType

from stepdbg.sealed import (
    BUILTINS,
    imported,
    is_foreign,
    is_lazy,
    let_stand_in,
    load,
    load_anew,
    loading_lock,
    remembering,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    import _thread
    import array
    import ast
    import bisect
    import codecs
    import codeop
    import contextlib
    import contextvars
    import difflib
    import dis
    import errno
    import fcntl
    import fnmatch
    import functools
    import gc
    import gzip
    import heapq
    import inspect
    import io
    import itertools
    import json
    import linecache
    import locale
    import marshal
    import math
    import mmap
    import operator
    import os
    import platform
    import queue
    import re
    import select
    import shlex
    import signal
    import socket
    import stat
    import struct
    import sys
    import tempfile
    import termios
    import textwrap
    import threading
    import time
    import tokenize
    import traceback
    import types
    import unicodedata
    import weakref
    import zlib
    from collections.abc import Callable

__all__ = (
    "_thread",
    "array",
    "ast",
    "bisect",
    "codecs",
    "codeop",
    "contextlib",
    "contextvars",
    "difflib",
    "dis",
    "errno",
    "fcntl",
    "fnmatch",
    "functools",
    "gc",
    "gzip",
    "heapq",
    "inspect",
    "io",
    "itertools",
    "json",
    "linecache",
    "locale",
    "marshal",
    "math",
    "mmap",
    "operator",
    "os",
    "platform",
    "queue",
    "re",
    "select",
    "shlex",
    "signal",
    "socket",
    "stat",
    "struct",
    "sys",
    "tempfile",
    "termios",
    "textwrap",
    "threading",
    "time",
    "tokenize",
    "traceback",
    "types",
    "unicodedata",
    "weakref",
    "zlib",
)
"""The modules that have copies."""

LATE = {
    "os": {"environ": "the program's settings: it may replace the whole mapping"},
    "signal": {"getsignal": "the program's handlers, also as a fake tells them"},
    "sys": {
        "breakpointhook": "the program's hook, which is called for it",
        "displayhook": "a value is shown as the program wants it",
        "excepthook": "the program's hook, which is called for it",
        "unraisablehook": "the program's hook",
    },
    "threading": {
        "_active_limbo_lock": "a child after a fork has another one",
        "_main_thread": "a fork can make another thread the main one",
        "_profile_hook": "what `threading.setprofile` has set",
        "_shutdown_locks_lock": "a child after a fork has another one",
        "_trace_hook": "what `threading.settrace` has set",
    },
}
"""What a copy looks up in its module each time, with the reason.  The same holds for the values of
`sys` that are neither functions nor facts (`_FACTS`): streams, paths, arguments, modules.  Typed
code is the program's code and never uses the copies."""

_FACTS = frozenset(
    ("flags", "float_info", "hexversion", "implementation", "maxsize", "platform", "version_info")
)
"""What `sys` says about the interpreter, which does not change; only a test may replace it."""

_SOURCES = {"io": "_io", "os": "posix", "signal": "_signal", "threading": "_thread"}
"""The module in C from which a module has most of its functions."""

_CLASSES = {
    "_weakrefset": "WeakSet _IterationGuard",
    "codeop": "CommandCompiler Compile",
    "contextlib": "_GeneratorContextManager nullcontext suppress ExitStack AsyncExitStack",
    "difflib": "SequenceMatcher",
    "dis": "ArgResolver",
    "inspect": "BlockFinder",
    "json.decoder": "JSONDecoder",
    "json.encoder": "JSONEncoder",
    "random": "Random",
    "tempfile": "_RandomNameSequence",
    "threading": "Condition Event Thread",
    "traceback": "FrameSummary StackSummary TracebackException _ExceptionPrintContext",
    "weakref": "KeyedRef WeakKeyDictionary WeakValueDictionary",
}
"""Classes whose Python code runs while a program is debugged.  In the copy they are subclasses with
methods that call the copy's functions."""

_HELPERS = ("genericpath", "json.scanner", "posixpath", *_CLASSES)
"""Modules that are copied along with others."""

_REMEMBERED = {"re": "_compile"}
"""Functions that call functions without a copy; the same arguments always give the same result."""

_NEVER_AGAIN = ("os", "sys", "threading")
"""Modules whose code must not run a second time: they hold what exists once in a process."""

_OWN_NAMES = frozenset(("__builtins__", "__loader__", "__name__", "__package__", "__spec__"))


class _Names(dict[str, object]):
    """The names that functions of a copy see, where some are looked up in the module."""

    __slots__ = ("_find",)

    def __init__(self, find: Callable[[str], object]) -> None:
        self._find = find

    def __missing__(self, name: str) -> object:
        return self._find(name)


def _late(module: ModuleType) -> frozenset[str]:
    """Which names of a module are looked up in it each time."""
    late = frozenset(LATE.get(module.__name__, ()))
    if module is not _sys:
        return late
    bound = {each for each, it in vars(_sys).items() if isinstance(it, BuiltinFunctionType)}
    return late | vars(_sys).keys() - bound - _FACTS


def _contents(module: ModuleType) -> dict[str, object]:
    """What a module holds now."""
    if module.__name__ == "time":  # so that no function of it is the same object as the program's
        return _anew(module)
    return {each: it for each, it in vars(module).items() if each not in _OWN_NAMES}


def _of_the_library(module: ModuleType, name: str, value: object) -> object:
    """The original value of a name in a library module, in which other code has put `value`."""
    in_c = _SOURCES.get(module.__name__)
    known = vars(load(in_c)) if in_c else {}
    if name not in known and module.__name__ not in _NEVER_AGAIN:
        known = _anew(module)
    return known.get(name, value)


def _anew(module: ModuleType) -> dict[str, object]:
    """Run the code of a module in a private module; return the names that it makes."""
    fresh = vars(load_anew(module.__name__))
    return {each: it for each, it in fresh.items() if each not in _OWN_NAMES}


class _Copies:
    """The copies that were made, one of each module.

    A copy notes at once what its module holds, and makes each thing at its first use.  Most of a
    module is never used, and making all of it would take a quarter of a millisecond.
    """

    def __init__(self) -> None:
        self._made: dict[str, ModuleType] = {}
        self._held: dict[str, dict[str, object]] = {}
        self._names: dict[str, dict[str, object]] = {}
        self._fresh: dict[tuple[str, str], object] = {}
        self._needed: list[tuple[str, CodeType]] = []

    def copy(self, name: str) -> ModuleType:
        """The copy of a module; the module is imported if necessary."""
        known = self._made.get(name)
        return known or self._begin(name, load(name))  # at once, while importing still works

    def _begin(self, name: str, module: ModuleType) -> ModuleType:
        made, late = ModuleType(f"{__name__}.{name}", module.__doc__), _late(module)
        held = {each: it for each, it in _contents(module).items() if each not in late}
        names = _Names(partial(self._find, name, module)) if late else vars(made)
        names.update(__name__=made.__name__, __builtins__=BUILTINS)
        # Python calls it for attributes that are not there yet (PEP 562).
        vars(made)["__getattr__"] = partial(self._attribute, name, module)
        vars(made)["__dir__"] = partial(sorted, held)
        self._held[name], self._names[name], self._made[name] = held, names, made
        if module is _sys:  # few functions, all in C, and streams that are asked for often
            vars(made).update((each, self._take(name, each)) for each in held)
            vars(made)["__getattr__"] = module.__getattribute__
        return made

    def _attribute(self, name: str, module: ModuleType, attribute: str) -> object:
        """Get an attribute that a copy does not have yet, or that is looked up each time."""
        if attribute in self._held[name]:
            return self._take(name, attribute)
        return getattr(module, attribute)  # late, or the module's own `__getattr__` says what

    def _find(self, name: str, module: ModuleType, wanted: str) -> object:
        """The same for a function of a copy.  Raises KeyError, as the name may be a builtin."""
        if wanted in self._held[name]:
            return self._take(name, wanted)
        return vars(module)[wanted]

    def _take(self, name: str, wanted: str) -> object:
        """Make one thing of a module, and everything that its functions need."""
        # A second thread waits until everything that a function needs is there.  This is the
        # importer's lock, because code that loads a module may need something from a copy, and the
        # other way round.
        with loading_lock():
            if self._fresh:  # called while another thing is being made, to which this belongs
                return self._make(name, wanted)
            try:
                return self._take_all(name, wanted)
            finally:  # also after Ctrl-C: an unfinished part must not stay
                self._fresh, self._needed = {}, []

    def _take_all(self, name: str, wanted: str) -> object:
        made, todo = self._make(name, wanted), [(name, wanted)]
        while todo:
            self._make(*todo.pop())
            while self._needed:
                home, code = self._needed.pop()
                held, names = self._held[home], self._names[home]
                found = [each for each in code.co_names if each in held and each not in names]
                todo += [(home, each) for each in found if (home, each) not in self._fresh]
                self._needed += [(home, it) for it in code.co_consts if isinstance(it, CodeType)]
        # A thread that does not wait for the lock must not find a function before what it needs.
        for home in sorted({home for home, _ in self._fresh}, key=name.__eq__):
            ready = {each: it for (of, each), it in self._fresh.items() if of == home}
            self._names[home].update(ready)
            vars(self._made[home]).update(ready)
        return made

    def _make(self, name: str, wanted: str) -> object:
        """The copy of one thing of a module; the same object each time."""
        key, names = (name, wanted), self._names[name]
        if key in self._fresh or wanted in names:
            return self._fresh[key] if key in self._fresh else names[wanted]
        it = self._held[name][wanted]
        if is_lazy(it) or is_foreign(it):
            fresh, needed = self._fresh, self._needed
            self._fresh, self._needed = {}, []  # code that runs for it wants whole copies
            it = imported(it) if is_lazy(it) else _of_the_library(load(name), wanted, it)
            self._fresh, self._needed = fresh, needed
        subclass = wanted in _CLASSES.get(name, "").split()
        return self._fresh.setdefault(key, self._subclass(it) if subclass else self._clone(it))

    def _clone(self, value: object) -> object:
        if isinstance(value, FunctionType):
            return self._function(value)
        if isinstance(value, _lru_cache_wrapper) and isinstance(value.__wrapped__, FunctionType):
            function = self._function(value.__wrapped__)
            return value if function is value.__wrapped__ else remembering(function)
        if isinstance(value, ModuleType):
            return self.copy(value.__name__) if value.__name__ in _COPIED else value
        kind = value if isinstance(value, type) else type(value)
        if kind.__name__ not in _CLASSES.get(kind.__module__, "").split():
            return value
        self.copy(kind.__module__)
        ours = self._make(kind.__module__, kind.__name__)
        if kind is value or not isinstance(ours, type):
            return ours
        made: object = object.__new__(ours)
        vars(made).update(vars(value))
        return made

    def _function(self, function: FunctionType) -> FunctionType:
        """A function that sees the names of a copy."""
        home = function.__globals__.get("__name__")
        if home not in _COPIED:
            return function
        self.copy(home)
        names = self._names[home]
        code, closure = function.__code__, function.__closure__
        made = FunctionType(code, names, function.__name__, function.__defaults__, closure)
        made.__kwdefaults__ = function.__kwdefaults__
        vars(made).update(vars(function))
        if not isinstance(names, _Names):  # `_Names` looks up missing names itself
            self._needed.append((home, code))
        return remembering(made) if made.__name__ == _REMEMBERED.get(home) else made

    def _subclass(self, base: object) -> type:
        """A class with methods that see the names of a copy."""
        assert isinstance(base, type)
        body: dict[str, object] = {"__module__": base.__module__}
        for each in reversed(base.__mro__):
            for name, it in vars(each).items():
                if isinstance(it, FunctionType):
                    body[name] = self._function(it)
                elif isinstance(it, staticmethod | classmethod):
                    body[name] = type(it)(self._clone(it.__func__))  # type: ignore[arg-type]  # so it was
                elif isinstance(it, property) and isinstance(it.fget, FunctionType):
                    body[name] = property(self._function(it.fget), it.fset, it.fdel, it.__doc__)
        return type(base.__name__, (base,), body)


def _stand_in(name: str, *, wanted: bool) -> ModuleType | None:
    """What an import statement of stepdbg's gets instead of a module; None for the module itself.

    name: absolute.
    wanted: whether names are taken from it, as in ``from os.path import join``.
    """
    whole = name if wanted else name.partition(".")[0]
    whole = "posixpath" if whole == "os.path" else whole
    # stepdbg's modules that import `sys` mean the real one: they set hooks and streams there.
    return _copies.copy(whole) if whole in _COPIED and whole != "sys" else None


_COPIED = frozenset((*__all__, *_HELPERS))
_copies = _Copies()
let_stand_in(_stand_in)


def original(name: str) -> ModuleType:
    """The library's module itself, for code of stepdbg's that replaces a function in it."""
    return load(name)


def __getattr__(name: str) -> ModuleType:
    """The copy of a module, made at its first use."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    made = globals()[name] = _copies.copy(name)
    return made


for _each in ("gc", "itertools", "os", "stat", "sys", "time"):  # they are there already
    __getattr__(_each)
