"""Conditions and log texts of breakpoints: what is taken, and what is said where it is not."""

from __future__ import annotations

import sys

import pytest

from stepdbg.engine.typed.conditions import ask, compile_condition, compile_log, log_line
from stepdbg.model.errors import BadUsage


@pytest.mark.parametrize(
    "source", ["x", " x > 1 and y", "(z := 1)", "[a for a in y]", "(lambda: x)()"]
)
def test_good_conditions(source: str) -> None:
    x, y = 2, [1]
    assert ask(compile_condition(source), sys._getframe()) == (True, "")
    assert (x, y) == (2, [1])


AWAITS = "awaits; it is asked in the middle of a step, where nothing can be waited for"


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("x ==", "the condition 'x ==' does not compile: invalid syntax"),
        ("x = 1", "the condition 'x = 1' does not compile: invalid syntax"),
        ("x\0", "the condition 'x\\x00' does not compile: "),
        ("", "there is nothing to evaluate"),
        ("await x", f"the condition 'await x' {AWAITS}"),
        ("[a async for a in b]", f"the condition '[a async for a in b]' {AWAITS}"),
    ],
)
def test_bad_conditions(source: str, sentence: str) -> None:
    with pytest.raises(BadUsage) as caught:
        compile_condition(source)
    assert str(caught.value).startswith(sentence)


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        ("got {item", "the log text 'got {item' does not compile: f-string: expecting '}'"),
        ("got {item +}", "the log text 'got {item +}' does not compile: f-string: "),
        ("got {await x}", f"the log text 'got {{await x}}' {AWAITS}"),
        ("got {}", "the log text 'got {}' does not compile: f-string: "),
        ("got item}", "the log text 'got item}' does not compile: f-string: single '}'"),
    ],
)
def test_bad_log_texts(template: str, sentence: str) -> None:
    with pytest.raises(BadUsage) as caught:
        compile_log(template)
    assert str(caught.value).startswith(sentence)


def test_a_log_text() -> None:
    item, queue = "x", [1, 2]
    log = compile_log("got {item} of {len(queue)}, {1 / 0}")
    text = log_line(log, sys._getframe(), None)
    assert (item, queue) == ("x", [1, 2])
    assert text == "got x of 2, <ZeroDivisionError: division by zero>"


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("", ""),
        ("it's 'quoted'", "it's 'quoted'"),
        ('"', '"'),
        ("{item!r:>5}|", "  'x'|"),
        ("{number:.2f} {number=} {number:{width}.1f}", "1.23 number=1.2345    1.2"),
        ("{(lambda n: n + 1)(width)} {(kept := width)} {[1, 2, 3][1:2]}", "7 6 [2]"),
        ("{[each + width for each in (1, 2)]}", "[7, 8]"),
        ("{{item}} { {'a': 1}['a'] }", "{item} 1"),
        (r"a\n{item}\d", r"a\nx\d"),
        ("''' {item}", "''' x"),
    ],
)
def test_a_log_text_holds_what_an_f_string_may(template: str, text: str) -> None:
    item, number, width = "x", 1.2345, 6
    assert log_line(compile_log(template), sys._getframe(), None) == text
    assert (item, number, width) == ("x", 1.2345, 6)
