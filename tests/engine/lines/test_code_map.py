"""Which lines hold code, and which code holds a line."""

from __future__ import annotations

import gc
import json.decoder
import sys
import textwrap
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from types import CodeType
from typing import cast

import pytest

from stepdbg.engine.lines.code_map import (
    CodeMap,
    code_lines,
    first_line,
    live_code,
    nested_code,
    next_line,
)
from tests.engine.lines.recording import load, watching
from tests.engine.lines.test_sequences import ROWS, Row

PROGRAM = '''"""A module."""
import os

def f(a,
      b=2):
    """Does f."""
    # a comment
    x = (a +
         b)

    if x:
        global y
        y = 1
    else:
        y = 2
    return [
        lambda: x,
        y,
    ]

def one(): return 1

@staticmethod
def decorated():
    return 1

class K:
    attribute = 1
    async def method(self):
        async with self as x:
            return x
'''


def test_lines_of_code() -> None:
    namespace, codes = load(PROGRAM)
    lines = {name: code_lines(code) for name, code in codes.items()}
    assert lines == {
        # From 3.14 on constant defaults are one constant.
        "<module>": (1, 2, 4, *(() if sys.version_info >= (3, 14) else (5,)), 21, 23, 24, 27),
        "f": (8, 9, 11, 13, 15, 16, 17, 18),
        "<lambda>": (17,),
        "one": (21,),
        "decorated": (25,),
        "K": (27, 28, 29),
        "method": (30, 31),
    }
    assert {name: first_line(code) for name, code in codes.items()} == {
        "<module>": 1,
        "f": 8,
        "<lambda>": 17,
        "one": 21,
        "decorated": 25,
        "K": 27,
        "method": 30,
    }
    del namespace


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_line_reported_holds_code_and_the_first_is_first(row: Row) -> None:
    namespace, codes = load(row.source)
    with watching() as (events, recorder):
        events.follow(codes.values())
        if row.raises is None:
            cast(Callable[[], object], namespace["main"])()
        else:
            with pytest.raises(row.raises):
                cast(Callable[[], object], namespace["main"])()
        words = [word.split() for word in recorder.take()]
    assert words
    for event, name, *detail in words:
        if event == "line":
            assert int(detail[0]) in code_lines(codes[name])
    for (event, name, *_), after in pairwise(words):
        if event == "start":
            assert after == ["line", name, str(first_line(codes[name]))]


def names(codes: tuple[CodeType, ...]) -> list[str]:
    return [code.co_name for code in codes]


def test_find() -> None:
    module = compile(PROGRAM, "program.py", "exec")
    code_map = CodeMap()
    code_map.add(module)
    code_map.add(module)
    found = {line: names(code_map.find("program.py", line)) for line in (4, 8, 17, 21, 25, 30)}
    assert found == {
        4: ["<module>"],
        8: ["f"],
        17: ["f", "<lambda>"],
        21: ["<module>", "one"],
        25: ["decorated"],
        30: ["method"],
    }
    assert code_map.find("program.py", 7) == ()
    assert code_map.find("other.py", 8) == ()
    assert next_line(code_map.codes("program.py"), 6) == 8
    assert next_line(code_map.codes("program.py"), 8) == 8
    assert next_line(code_map.codes("program.py"), 32) is None
    assert names(code_map.codes("program.py"))[0] == "<module>"


def test_a_comprehension_counts_where_it_is_alone() -> None:
    _namespace, codes = load("""
def main(y):
    return [i for i in y]
def over_lines(y):
    return [
        i + 1
        for i in y]
""")
    code_map = CodeMap()
    code_map.add(codes["<module>"])
    assert names(code_map.find("program.py", 2)) == ["main"]
    assert len(code_map.find("program.py", 5)) == 1, "on 3.11 in the comprehension"


def test_a_map_keeps_nothing_alive(tmp_path: Path) -> None:
    real = tmp_path / "real.py"
    real.write_text(PROGRAM)
    link = tmp_path / "link.py"
    link.symlink_to(real)
    code_map = CodeMap()
    namespace, codes = load(PROGRAM, str(link))
    code_map.add(codes["<module>"])
    assert names(code_map.find(str(real), 8)) == ["f"]
    assert code_map.files() == (str(real),)
    codes.clear()
    gc.collect()
    assert names(code_map.find(str(real), 2)) == [], "the module's own code has gone"
    assert names(code_map.find(str(real), 8)) == ["f"]
    assert next_line(code_map.codes(str(real)), 4) == 8, "the first line that can still be met"
    namespace.clear()
    gc.collect()
    assert code_map.files() == ()


@pytest.mark.usefixtures("all_in_sight")
def test_code_that_lives_already() -> None:
    code_map = CodeMap()
    for code in live_code():
        code_map.add(code)
    function = textwrap.dedent.__code__
    assert function in code_map.find(function.co_filename, code_lines(function)[-1])

    def hidden() -> int:
        return 1

    holder = {"deep": [hidden]}
    codes = [code for code in live_code() if code is hidden.__code__]
    assert codes
    assert holder


def test_lines_of_real_code_are_the_tables() -> None:
    module = compile(Path(json.decoder.__file__).read_text(), json.decoder.__file__, "exec")
    codes = list(nested_code(module))
    assert len(codes) > 5
    for code in codes:
        lines = code_lines(code)
        assert lines
        assert first_line(code) in lines
        assert set(lines) <= {line for *_span, line in code.co_lines() if line}
