"""A sys.excepthook of its own; its argument says what goes wrong with it."""

import atexit
import sys
import traceback

how = sys.argv[1]


def functions(tb):
    return [frame.name for frame in traceback.extract_tb(tb)]


def hook(kind, value, tb):
    print("hook", kind, value, functions(tb), functions(value.__traceback__))
    print("last", functions(sys.last_traceback), sys.last_value is value, sys.excepthook is hook)
    if how == "fails":
        raise KeyError("in the hook")
    if how == "exits":
        sys.exit(7)


def fail():
    raise ValueError("uncaught")


def look():
    print("still there:", getattr(sys, "excepthook", None) is hook, sys.last_value)
    print("own file known:", "__file__" in globals())


atexit.register(look)
sys.excepthook = hook
if how == "missing":
    del sys.excepthook
if how == "none":
    sys.excepthook = None
if how == "exit":
    sys.last_value = None
    sys.exit(4)
fail()
