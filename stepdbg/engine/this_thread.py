"""Which thread this is, asked without a trace.

Owns: the name of the calling thread, and whether it is the main one.

`threading.current_thread()` enters a thread that `threading` has not started into its list, where
the program finds it; and where that thread lives until the interpreter ends, Python complains.
"""

from __future__ import annotations

import threading


def name() -> str:
    """What `threading` calls the calling thread; its number where it does not know it."""
    if is_main():
        return threading.main_thread().name
    ident = threading.get_ident()
    known = (each.name for each in threading.enumerate() if each.ident == ident)
    return next(known, str(ident))


def is_main() -> bool:
    """Whether the calling thread is the main one."""
    return threading.get_ident() == threading.main_thread().ident
