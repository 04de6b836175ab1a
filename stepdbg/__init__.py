"""A step-by-step debugger for programs that run under Trio.

Owns: the public names.  Does not own: anything that takes time to import; the program that
is debugged pays for every module that is loaded before its first line.
"""

from .model.version import VERSION

__version__ = VERSION

__all__ = ["__version__", "set_trace"]


def set_trace() -> None:
    """Stop the program here, as `breakpoint()` does under ``python -m stepdbg``.

    In a task, in a worker thread or in code outside of any run, in a program that was
    started under stepdbg or not; for any `breakpoint()` with
    ``PYTHONBREAKPOINT=stepdbg.set_trace`` in the environment.  The prompt opens on the
    terminal, or reads commands from standard input where there is none.
    """
    import sys

    from .launcher.pausing import pause

    pause(sys._getframe(1))  # noqa: SLF001 - documented, CPython only
