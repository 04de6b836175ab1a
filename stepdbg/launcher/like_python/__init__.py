"""What CPython does around a program, done the same way.

Owns: finding and loading the target (`target`), its ``__main__`` (`main_module`), the errors that
only the parser of files reports (`file_parser`), and the end by an exception (`uncaught`).
Does not own: running the code (launcher.launch), or anything of the debugger.

It follows, step by step: Modules/main.c (what the command line runs, `sys.path`, the end by
SIGINT), Python/pythonrun.c (scripts, .pyc files, `sys.excepthook`), Python/pylifecycle.c
(``__main__``) and Lib/runpy.py (``-m``, folders, archives).  Tests in tests/launcher compare
stepdbg with plain Python on every version.
"""
