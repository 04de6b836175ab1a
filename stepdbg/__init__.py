"""A step-by-step debugger for programs that run under Trio.

Owns: the public names.  Does not own: anything that takes time to import; the program that
is debugged pays for every module that is loaded before its first line.
"""

__version__ = "0.1.0"

__all__ = ["__version__"]
