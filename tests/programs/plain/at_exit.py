"""The order of exit functions, what they see, and what is torn down after them."""

import atexit
import sys


class Loud:
    def __del__(self):
        print("deleted", self.name)

    def __init__(self, name):
        self.name = name


def look():
    print("names", sorted(vars(sys.modules["__main__"])))
    print("last", getattr(sys, "last_value", None))


def failing():
    raise ValueError("in an exit function")


atexit.register(print, "registered first")
atexit.register(look)
atexit.register(failing)
atexit.register(print, "registered last")
kept = Loud("global")
cycle = [Loud("in a cycle")]
cycle.append(cycle)
if len(sys.argv) > 1:
    raise ValueError(sys.argv[1])
