"""Runs a program as ``__main__`` and attaches a session to its Trio runs.

Owns: finding the target as CPython does (`like_python`), running it (`launch`), noticing that
Trio has been imported (`import_hook`), and the one place where a front end and a session meet
(`wiring`).
Does not own: options (`stepdbg.cli`), talking to the user (frontends), debugging (engine).

The modules here are loaded before the program's first line.  So they import next to nothing
at module level: no dataclasses, no typing, no Trio.

What a program can still tell apart: `sys.orig_argv`, extra modules in `sys.modules`, and a
few frames of ours below its own (``sys._getframe``, the depth at which RecursionError comes).
"""
