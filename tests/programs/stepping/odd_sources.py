"""Functions whose code names sources of all kinds; the folder for them is the first argument."""

import linecache
import os
import sys
import tempfile

import trio

SOURCE = """
def odd(number):
    one = 1
    two = 2
    return one
"""


class Refuses:
    def get_source(self, _name: str) -> str:
        raise OSError("no")


class Gives:
    def get_source(self, _name: str) -> int:
        return 5


HERE = tempfile.mkdtemp()
os.mkfifo(f"{HERE}/fifo.py")
os.mkdir(f"{HERE}/folder.py")
os.symlink("/dev/zero", f"{HERE}/endless.py")
os.symlink("loop.py", f"{HERE}/loop.py")
with open(f"{HERE}/coded.py", "wb") as file:
    file.write(b"# coding: nothing\n\xff\x00\n" * 9)
with open(f"{HERE}/long.py", "wb") as file:
    file.write(b"\n\n#" + b"x" * 10_000_000)
NAMES = (
    *("<string>", "", "\0", "a\0b.py", "nowhere.py", "\ud800.py", "x" * 5_000, "/proc/self/mem"),
    *("/dev/stdin", "~", ".", "raises.py", "no_entry.py", "no_texts.py"),
    *(f"{HERE}/{name}.py" for name in ("fifo", "folder", "endless", "loop", "coded", "long")),
)
odd = []
for place, name in enumerate(NAMES):
    loader = (Refuses(), Gives(), None)[place % 3]
    names = {"__name__": f"odd{place}", "__file__": name, "__loader__": loader}
    exec(compile(SOURCE, "<odd>", "exec"), names)
    names["odd"].__code__ = names["odd"].__code__.replace(co_filename=name)  # type: ignore[attr-defined]
    odd.append(names["odd"])
linecache.cache["raises.py"] = (lambda: sys.exit("raised"),)  # type: ignore[assignment]
linecache.cache["no_entry.py"] = 5  # type: ignore[assignment]
linecache.cache["no_texts.py"] = (5, None, [5, None, b"x"], "no_texts.py")  # type: ignore[list-item]


async def main() -> None:
    for each in odd:
        each(1)  # type: ignore[operator]
        await trio.lowlevel.checkpoint()
    os.chdir(HERE)
    for name in os.listdir(HERE):
        (os.rmdir if name == "folder.py" else os.unlink)(name)
    os.rmdir(HERE)
    for each in odd:
        each(1)  # type: ignore[operator]
    print("end")


trio.run(main)
