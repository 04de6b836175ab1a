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
"""Our own ``__main__``: its functions are still on the stack when the program has replaced it."""


def replace_main_module() -> dict[str, object]:
    """Put a new ``__main__`` in place of ours and return its namespace.

    It looks as it does when the interpreter has just started (``add_main_module`` in
    Python/pylifecycle.c), in the same order.
    """
    _kept.append(sys.modules.get("__main__"))
    module = type(sys)("__main__")
    namespace: dict[str, object] = vars(module)
    namespace["__loader__"] = BuiltinImporter
    if sys.version_info < (3, 14):  # PEP 649 made annotations lazy
        namespace["__annotations__"] = {}
    namespace["__builtins__"] = builtins
    # Assigned, not deleted first: the place in sys.modules decides when it is torn down.
    sys.modules["__main__"] = module
    return namespace


def describe_script(
    namespace: dict[str, object], filename: str, loader: SourceFileLoader | SourcelessFileLoader
) -> None:
    """Set what a script's namespace says of itself (``_PyRun_SimpleFileObject``)."""
    namespace["__file__"] = filename
    namespace["__cached__"] = None
    namespace["__loader__"] = loader


def forget_script(namespace: dict[str, object]) -> None:
    """Take back what CPython takes back once a script has ended."""
    namespace.pop("__file__", None)
    namespace.pop("__cached__", None)


def describe_module(namespace: dict[str, object], spec: ModuleSpec) -> None:
    """Set what the namespace of a module run by ``-m`` says of itself (``runpy._run_code``)."""
    namespace.update(
        __name__="__main__",
        __file__=spec.origin,
        __cached__=spec.cached,
        __doc__=None,
        __loader__=spec.loader,
        __package__=spec.parent,
        __spec__=spec,
    )
