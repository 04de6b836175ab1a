"""The builtins of stepdbg's functions.

Owns: `BUILTINS`, a copy of the interpreter's builtins from before the program could change them.
Does not own: the sealed ``__import__`` that goes into it (sealed.importer).

A function finds builtins in the dictionary that its module's ``__builtins__`` named when the
function was made (``Objects/funcobject.c``).  So if a module sets that name first, its functions
never see a patched `open` or ``__import__``, and their import statements go through stepdbg's
importer.
"""

import builtins

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

REAL_IMPORT: "Callable[..., object]" = builtins.__import__
"""The function that the program's import statements call, unless the program replaces it."""

BUILTINS: dict[str, object] = dict(vars(builtins))
"""The builtins of stepdbg's functions."""
