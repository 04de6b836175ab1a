"""Python source typed by the user, compiled.

Owns: compiling, the sentences about source that does not compile, and the source lines that
tracebacks show.  Does not own: running it (evaluate), names (prompt_names).
"""

from __future__ import annotations
import __future__

from collections import deque
from inspect import CO_COROUTINE
from types import CodeType
from typing import Final

from stepdbg.engine.describing.plain import plain_text
from stepdbg.engine.describing.values import describe_exception
from stepdbg.engine.stacks.tracebacks import TYPED
from stepdbg.model.errors import BadUsage, EvaluationError
from stepdbg.model.records import dataclass
from stepdbg.model.standard import ast, functools, itertools, linecache, textwrap, traceback

from .dollars import PREFIX, as_python, as_typed
from .private_names import class_around, has_private, mangle

FILENAME: Final = TYPED
"""How the file names of typed code begin.  Each piece has its own file name, so that a function
made at one prompt shows its source in a traceback at the next prompt.
"""

_KEPT_SOURCES: Final = 500

_FUTURES: Final = functools.reduce(
    int.__or__,
    (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names),
)

AWAITS: Final = "only a statement of its own can await, such as `await EXPR` or `x = await EXPR`"
"""The error text where code must not await."""

_CANNOT_WAIT: Final = "it is asked in the middle of a step, where nothing can be waited for"


@dataclass(frozen=True, slots=True)
class TypedCode:
    """Compiled source: statements, and an expression at their end whose value is wanted.

    globals: the names declared ``global`` anywhere in it.
    has_class: whether it defines a class.
    dollars: the names with a dollar that it reads and does not bind, as Python sees them.
    Code that awaits is a coroutine's, see `awaits`.
    """

    statements: CodeType | None
    expression: CodeType | None
    globals: frozenset[str]
    has_class: bool
    dollars: frozenset[str] = frozenset()

    @property
    def awaits(self) -> bool:
        """Whether any part of it awaits: then only a task can run it."""
        parts = (self.statements, self.expression)
        return any(part is not None and part.co_flags & CO_COROUTINE for part in parts)


def compile_typed(source: str, code: CodeType, *, expression: bool) -> TypedCode:
    """Compile source as if it stood in `code`: its ``__future__`` imports, its private names.

    expression: whether it must be one expression.

    Raises:
        BadUsage: it is empty.
        EvaluationError: it does not compile; the traceback shows the place.
    """
    private = class_around(code) if has_private(source) else ""
    return _compile(source, code.co_flags & _FUTURES, expression, private)


@dataclass(frozen=True, slots=True)
class Asked:
    """An expression that is evaluated again and again, in frames of any module.

    code: its code outside of any class.
    private: whether it has private names, which differ in each class.
    """

    source: str
    code: CodeType
    private: bool

    def code_in(self, place: CodeType) -> CodeType:
        """The code for use in a place: with the private names of the class around that."""
        return _compile(self.source, 0, True, class_around(place)).expression or self.code


def compile_expression(source: str, title: str) -> Asked:
    """Compile an expression that is evaluated again and again.

    title: what it is, for error texts: ``the condition 'x >'``.

    Raises:
        BadUsage: it is not an expression, or it awaits; the sentence says why.
    """
    try:
        code = _compile(source, 0, True, "")
    except EvaluationError as error:
        reason = str(error)
        if error.kind == SyntaxError.__name__:  # its name would say nothing new
            reason = reason.removeprefix(f"{error.kind}: ")
        raise BadUsage(f"{title} does not compile: {reason}") from None
    if code.awaits or code.expression is None:
        raise BadUsage(f"{title} awaits; {_CANNOT_WAIT}")
    return Asked(source, code.expression, has_private(source))


@functools.lru_cache(maxsize=_KEPT_SOURCES // 2)
def _compile(source: str, flags: int, expression: bool, private: str) -> TypedCode:
    source = textwrap.dedent(source).strip() if "\n" in source else source.strip()
    if not source:
        raise BadUsage("there is nothing to evaluate")
    mode = "eval" if expression else "exec"
    failure: BaseException
    try:
        filename = _register(source)
        flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        tree = compile(
            as_python(source), filename, mode, flags | ast.PyCF_ONLY_AST, dont_inherit=True
        )
        mangle(tree, private)
        return _from_tree(tree, filename, flags)
    except SyntaxError as error:
        failure = error
    except (ValueError, OverflowError, RecursionError, MemoryError) as error:
        failure = error
    place = syntax_lines(failure) if isinstance(failure, SyntaxError) else ()
    place = tuple(as_typed(each) for each in (place if "\n" in source else place[1:]))
    details = as_typed(_reason(failure)), place, type(failure).__name__
    del failure  # its traceback leads to this frame, and from there to all that the stop has
    raise EvaluationError(*details)


def _from_tree(tree: ast.Module | ast.Expression, filename: str, flags: int) -> TypedCode:
    nodes = list(ast.walk(tree))
    statements: ast.Module | None = None
    expression: ast.Expression | None = None
    if isinstance(tree, ast.Expression):
        expression = tree
    else:
        statements = tree
        if tree.body and isinstance(tree.body[-1], ast.Expr):
            expression = ast.Expression(tree.body[-1].value)
            del tree.body[-1]

    def code(part: ast.Module | ast.Expression | None, mode: str) -> CodeType | None:
        if part is None:
            return None
        made: CodeType = compile(part, filename, mode, flags, dont_inherit=True)
        return made

    return TypedCode(
        code(statements, "exec"),
        code(expression, "eval"),
        frozenset(name for node in nodes if isinstance(node, ast.Global) for name in node.names),
        any(isinstance(node, ast.ClassDef) for node in nodes),
        _dollars_read(nodes),
    )


def _dollars_read(nodes: list[ast.AST]) -> frozenset[str]:
    named = [each for each in nodes if isinstance(each, ast.Name) and each.id.startswith(PREFIX)]
    bound = {each.id for each in named if isinstance(each.ctx, ast.Store)}
    return frozenset(each.id for each in named) - bound


def _reason(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return f"{type(error).__name__}: {plain_text(error.msg)}"
    return describe_exception(error)


def syntax_lines(error: SyntaxError) -> tuple[str, ...]:
    """The place of a syntax error: file and line, the source line, the caret below it."""
    lines = "".join(traceback.format_exception_only(error)).splitlines()
    return tuple(plain_text(line) for line in lines if line.startswith(" "))


_numbers = itertools.count(1)
_filenames: deque[str] = deque()


def _register(source: str) -> str:
    """Register a source in `linecache` and drop the oldest one; returns its file name."""
    filename = f"{FILENAME}{next(_numbers)}>"
    lines = [line + "\n" for line in source.splitlines()]
    # Without a modification time, `linecache` never looks for such a file on disk.
    linecache.cache[filename] = (len(source), None, lines, filename)
    _filenames.append(filename)
    if len(_filenames) > _KEPT_SOURCES:
        linecache.cache.pop(_filenames.popleft(), None)
    return filename
