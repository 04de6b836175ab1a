"""Leaves with the exit value that its argument names."""

import sys


class Thing:
    def __str__(self):
        return "a thing"


class OwnExit(SystemExit):
    pass


print("leaving")
how = sys.argv[1]
if how == "none":
    sys.exit(None)
if how == "nothing":
    sys.exit()
if how == "string":
    sys.exit("a message\nof two lines")
if how == "object":
    sys.exit(Thing())
if how == "own":
    raise OwnExit(5)
if how == "true":
    sys.exit(True)
sys.exit(int(how))
