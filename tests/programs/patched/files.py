"""A program with a file system and a clock of its own, put in place as pyfakefs and freezegun do it.

It is called with the way in which they are replaced: ``all`` or ``raise``.
"""

import builtins
import io
import os
import sys
import time
import tokenize

import trio

TEXT = "def double(number):\n    twice = number + number\n    return twice  # only in there\n"
FILES = {"/nowhere/virtual.py": TEXT}


class Replaced:
    """Each of these functions knows nothing but `FILES` while it is in place."""

    def __init__(self, way):
        self.way = way
        self.places = [
            *(
                (os, each)
                for each in ["stat", "lstat", "open", "listdir", "scandir", "getcwd", "mkdir"]
            ),
            *((os.path, each) for each in ["exists", "isfile", "isdir", "realpath", "abspath"]),
            *((time, each) for each in ["time", "monotonic", "perf_counter", "sleep", "strftime"]),
            (builtins, "open"),
            (io, "open"),
            (tokenize, "open"),
        ]

    def fake(self, name):
        def function(path=None, *_, **__):
            if self.way == "raise":
                raise LookupError(name)
            if name in ("time", "monotonic", "perf_counter"):
                return 1.0
            if name in ("exists", "isfile"):
                return path in FILES
            if path not in FILES:
                raise FileNotFoundError(2, "not in the fake file system", path)
            if name in ("stat", "lstat"):
                return os.stat_result((0o100644, 1, 1, 1, 0, 0, len(FILES[path]), 1, 1, 1))
            return io.StringIO(FILES[path])

        return function

    def __enter__(self):
        self.before = [(owner, name, getattr(owner, name)) for owner, name in self.places]
        for owner, name in self.places:
            setattr(owner, name, self.fake(name))

    def __exit__(self, *_):
        for owner, name, real in self.before:
            setattr(owner, name, real)


def use(function):
    size = 2  # @mark stop
    return function(size)


async def main():
    names = {}
    exec(compile(TEXT, "/nowhere/virtual.py", "exec"), names)
    with Replaced(sys.argv[1]):
        result = use(names["double"])
    await trio.lowlevel.checkpoint()
    print("result", result)


trio.run(main)
