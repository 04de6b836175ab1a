"""The module ``__main__`` as the interpreter makes it.

Owns: a new ``__main__`` in `sys.modules` and the attributes that CPython gives it for a
script or for ``-m``.  Does not own: finding or running code.
"""

from __future__ import annotations

import builtins
from importlib.machinery import BuiltinImporter

from stepdbg.model.standard import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec, SourceFileLoader, SourcelessFileLoader

_kept: list[object] = []
"""stepdbg's own ``__main__``, kept alive: its functions are on the stack while the program runs."""


_SETS_CACHED = sys.version_info < (3, 15)
"""Whether modules say where their bytecode is, besides their specs."""


def replace_main_module() -> dict[str, object]:
    """Put a new ``__main__`` in place of stepdbg's and return its namespace.

    The names in it, and their order, are those that the interpreter makes at its start
    (``add_main_module`` in Python/pylifecycle.c).
    """
    _kept.append(sys.modules.get("__main__"))
    module = type(sys)("__main__")
    namespace: dict[str, object] = vars(module)
    namespace["__loader__"] = BuiltinImporter
    if sys.version_info < (3, 14):  # PEP 649 made annotations lazy
        namespace["__annotations__"] = {}
    namespace["__builtins__"] = builtins
    # Assigned without deleting it first: the interpreter tears modules down in their order in
    # `sys.modules`.
    sys.modules["__main__"] = module
    return namespace


def describe_script(
    namespace: dict[str, object], filename: str, loader: SourceFileLoader | SourcelessFileLoader
) -> None:
    """Set the names with which CPython describes a script (``_PyRun_SimpleFileObject``)."""
    namespace["__file__"] = filename
    if _SETS_CACHED:
        namespace["__cached__"] = None
    namespace["__loader__"] = loader


def forget_script(namespace: dict[str, object]) -> None:
    """Remove the names that CPython removes once a script has ended."""
    namespace.pop("__file__", None)
    namespace.pop("__cached__", None)


def describe_module(namespace: dict[str, object], spec: ModuleSpec) -> None:
    """Set the names with which CPython describes a module run by ``-m`` (``runpy._run_code``)."""
    namespace.update(__name__="__main__", __file__=spec.origin)
    if _SETS_CACHED:
        namespace["__cached__"] = spec.cached
    namespace.update(
        __doc__=None,
        __loader__=spec.loader,
        __package__=spec.parent,
        __spec__=spec,
    )
