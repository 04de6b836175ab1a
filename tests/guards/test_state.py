"""What a module keeps for the whole process is known, and each piece has a reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "stepdbg"

CACHES = {
    "commands.dispatch._handlers": "the code behind each row that has been needed",
    "commands.sources._known": "listings, by their place",
    "engine.exploring.following_code._depths": "values on the stack, by code and instruction",
    "engine.exploring.silence._known": "whether the step from there is silent, by code",
    "engine.lines.flow.flow_of": "the control flow of code",
    "engine.foreseeing.liveness._live_at": "which variables are alive where, by code",
    "engine.foreseeing.uses._known": "what code does with values, by code and instruction",
    "engine.recording.registry.OTHER_NAMES": "whether tasks of a name may be called something else",
    "engine.recording.step_ends._stuck": "where tasks block, by code and instruction",
    "engine.recording.waking._known": "wakes by a line, by code and instruction",
    "engine.stacks.code_span._last_line": "last lines, by their code",
    "engine.stacks.frames.OWN_CODE": "whether code is own",
    "engine.stacks.frames.OWN_FILES": "whether a file is own",
    "engine.stacks.frames._origins": "where a file comes from",
    "engine.stacks.frames._pictures": "pictures of frames",
    "engine.stacks.frames._places": "places, by code and instruction",
    "engine.typed.locals._order_of": "the names of variables, by their code",
    "engine.stacks.with_blocks._with_blocks": "the `with` blocks of a file",
    "engine.stacks.source_files._lines": "the lines of a file",
    "sealed.files._zip": "the copy of the importer of archives",
    "sealed.leading._classes": "the class of loaders, which a finder makes by itself",
}
"""What could be worked out anew."""

STATE = {
    "_trio_internals.clock_reads._deciders": "what reads a clock does not know who evaluates",
    "_trio_internals.patches._cancel_watchers": "Trio's method is wrapped once for all sessions",
    "_trio_internals.scope_moves._watchers": "Trio's method is wrapped once for all sessions",
    "_trio_internals.waits._originals": "Trio's methods are wrapped once for all threads",
    "_trio_internals.waits._refused": "a method of Trio's knows its thread only",
    "engine.describing.watchdog._patrol": "one thread looks after all calls",
    "engine.process.ticking._all": "a fork ends the threads of all sessions",
    "engine.process.ticking._idents": "the process has one list of threads",
    "engine.process.ticking._registered": "what is registered for forks stays so",
    "engine.process.python_threads._asked": "the process has one main thread",
    "engine.process.forking._to_end": "a fork ends the threads of all sessions",
    "engine.process.memory._kept": "the process has one memory",
    "engine.lines.monitoring._lenders": "the process has six ids for tools",
    "engine.lines.program_trace.threading": "the process has one, whose functions we replace",
    "engine.lines.tracing._in_force": "the process has one trace function",
    "engine.process.clock._changed": "runs of several sessions may share a clock",
    "engine.stacks.frames._own_patterns": "a setting, asked where there is no session",
    "engine.stacks.source_texts._texts": "a file may be gone by the time somebody asks again",
    "engine.typed.typed_code._filenames": "what has been put into linecache, which is one",
    "model.depth._raised": "the process has one recursion limit",
    "model.depth.missed": "what is written down has no frame left to be handed in",
    "launcher.like_python.main_module._kept": "our own `__main__` must not die while it runs",
    "launcher.pausing._current": "`breakpoint()` reaches one wiring",
    "launcher.pausing._hooks": "the process has one `sys.excepthook`",
    "launcher.pytest_steady._in_force": "pytest-trio has one class of fixtures",
    "launcher.pausing._standing_by": "the process has one handler for each signal",
    "model.interrupts.at_stop": "what the one handler has noted",
    "model.interrupts._before": "the process has one SIGINT handler",
    "model.program_streams._lifted": "descriptors are the process's, and a fork copies them all",
    "model.program_streams._held": "the process has three streams, held before its first line",
    "sealed.spares._kept": "the descriptors of a process are all its own",
}
"""What the process has only once, or what must outlive every session."""

CHANGING = {
    *("add", "append", "appendleft", "clear", "discard", "extend", "insert", "pop", "popitem"),
    *("popleft", "remove", "setdefault", "update"),
}

Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def kept(tree: ast.Module) -> Iterator[str]:
    """Names of a module that its functions assign with `global`, or whose object they change.

    A function that remembers its results counts as well.  An object of a class of ours counts
    when its attributes are assigned from outside of it; what it changes in itself is its own.
    """
    top = {
        name.id
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        for name in ast.walk(target)
        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
    }
    for scope in ast.walk(tree):
        if isinstance(scope, ast.FunctionDef) and any(map(remembers, scope.decorator_list)):
            yield scope.name
        if isinstance(scope, Scope):
            declared = {
                name
                for node in ast.walk(scope)
                if isinstance(node, ast.Global)
                for name in node.names
            }
            yield from declared
            yield from (changed_in(scope) & top) - (names_of_its_own(scope) - declared)


def remembers(decorator: ast.expr) -> bool:
    """Whether a decorator keeps what the function has returned."""
    return isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "once_for_each"


def changed_in(scope: Scope) -> set[str]:
    """The names whose object a function changes."""
    found = set()
    for node in ast.walk(scope):
        match node:
            case ast.Call(ast.Attribute(ast.Name(name), method)) if method in CHANGING:
                found.add(name)
            case ast.Subscript(ast.Name(name), ctx=ast.Store() | ast.Del()):
                found.add(name)
            case ast.Attribute(ast.Name(name), ctx=ast.Store() | ast.Del()):
                found.add(name)
            case ast.AugAssign(ast.Name(name)):
                found.add(name)
    return found


def names_of_its_own(scope: Scope) -> set[str]:
    found = {node.arg for node in ast.walk(scope.args) if isinstance(node, ast.arg)}
    for node in ast.walk(scope):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
    return found


def test_state_is_known() -> None:
    found = set()
    for path in sorted(PACKAGE.rglob("*.py")):
        module = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        found |= {f"{module}.{name}" for name in kept(ast.parse(path.read_text(encoding="utf-8")))}
    assert not set(CACHES) & set(STATE)
    assert sorted(found) == sorted({**CACHES, **STATE})


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("a = 1\ndef f():\n  global a\n  a = 2", {"a"}),
        ("a = []\ndef f(): a.append(1)", {"a"}),
        ("a: dict[str, int] = {}\ndef f(): a['b'] = 1", {"a"}),
        ("a = {}\nf = lambda: a.pop(1)", {"a"}),
        ("a = {}\ndef f():\n  del a[1]", {"a"}),
        ("a = C()\ndef f(): a.b = 1", {"a"}),
        ("a = [1]\ndef f(): return a[0]", set()),
        ("@once_for_each(kept=2)\ndef f(a): return [a]", {"f"}),
        ("@other(2)\ndef f(a): return [a]", set()),
        ("a = []\na.append(1)", set()),
        ("a = []\ndef f(a): a.append(1)", set()),
        ("a = []\ndef f():\n  a = []\n  a.append(1)", set()),
    ],
)
def test_what_counts_as_state(source: str, names: set[str]) -> None:
    assert set(kept(ast.parse(source))) == names
