"""Runs a program as ``__main__`` and attaches a session to its Trio runs.

Owns: finding the target as CPython does (`like_python`), running it (`launch`), noticing that
Trio has been imported (`import_hook`), and the one place where a front end and a session meet
(`wiring`).
Does not own: options (`stepdbg.cli`), talking to the user (frontends), debugging (engine).

The modules here are loaded before the program's first line.  So they import next to nothing
at module level: no dataclasses, no typing, no Trio.

A program can still notice stepdbg by `sys.orig_argv`, by extra modules in `sys.modules`, and by a
few frames of stepdbg below its own (``sys._getframe``, the depth at which RecursionError comes).
"""
