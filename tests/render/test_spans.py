"""Cleaning, measuring, cutting and wrapping."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest
from wcwidth import wcswidth

from stepdbg.engine.describing.plain import plain_text
from stepdbg.render.spans import (
    Span,
    clean,
    clean_lines,
    clip,
    clip_text,
    flow,
    join,
    line_width,
    pad,
    plain,
    plain_line,
    text,
    trimmed,
    width_of,
    wrap,
)
from stepdbg.render.tables import Column, pairs, table

from .arbitrary import STRINGS


@pytest.mark.parametrize(
    ("given", "cleaned"),
    [
        ("plain", "plain"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\tb", "a   b"),
        ("two\nlines\r\nmore", "two lines more"),
        ("over\rwritten", r"over\rwritten"),
        ("\x9b2J", r"\x9b2J"),
        ("\N{RIGHT-TO-LEFT OVERRIDE}x", r"\u202ex"),
        ("\udcff", r"\udcff"),
        ("子\N{IDEOGRAPHIC SPACE}供", "子\N{IDEOGRAPHIC SPACE}供"),
    ],
)
def test_clean(given: str, cleaned: str) -> None:
    assert clean(given) == cleaned
    assert clean(cleaned) == cleaned


def test_only_newlines_end_a_line() -> None:
    assert clean_lines("a\r\nb\x0cc\n") == ["a", r"b\x0cc", ""]


@pytest.mark.parametrize("string", STRINGS)
def test_a_width_is_never_too_small(string: str) -> None:
    cleaned = clean(string)
    assert width_of(cleaned) >= wcswidth(cleaned)


def test_widths() -> None:
    assert width_of("child") == 5
    assert width_of("子供") == 4
    assert width_of("cafe\N{COMBINING ACUTE ACCENT}") == 4


@pytest.mark.parametrize(
    ("string", "width", "clipped", "end_clipped"),
    [
        ("abcdef", 6, "abcdef", "abcdef"),
        ("abcdef", 4, "abc…", "…def"),
        ("abcdef", 1, "…", "…"),
        ("abcdef", 0, "", ""),
        ("子供子供", 5, "子供…", "…子供"),
        ("子供子供", 4, "子…", "…供"),
    ],
)
def test_clip_text(string: str, width: int, clipped: str, end_clipped: str) -> None:
    assert clip_text(string, width) == clipped
    assert clip_text(string, width, keep_end=True) == end_clipped


def test_clip_keeps_styles_and_marks_what_a_full_span_hides() -> None:
    line = text("abc", "task") + text("def", "dim") + text("ghi")
    assert clip(line, 9) == line
    assert clip(line, 5) == (Span("task", "abc"), Span("dim", "d…"))
    assert clip(line, 3) == (Span("task", "ab…"),)
    assert clip(line, 5, keep_end=True) == (Span("dim", "…f"), Span("", "ghi"))


def test_pad_and_trimmed() -> None:
    assert plain_line(pad(text("ab"), 4)) == "ab  "
    assert plain_line(pad(text("ab"), 4, right=True)) == "  ab"
    assert pad(text("abcde"), 4) == text("abcde")
    assert trimmed(text("ab  ", "key") + text("   ")) == (Span("key", "ab"),)
    assert trimmed(text("   ")) == ()


def test_wrap_breaks_at_blanks_and_keeps_styles() -> None:
    line = text("one two ") + text("three", "task") + text(", four")
    assert wrap(line, 9) == [
        text("one") + text(" ") + text("two"),
        text("three", "task") + text(","),
        text("four"),
    ]


def test_wrap_indents() -> None:
    assert plain(wrap(text("one two three"), 8, indent=2)) == "  one\n  two\n  three"
    assert plain(wrap(text("one two three"), 8, indent=2, first=0)) == "one two\n  three"
    assert plain(wrap(text("  kept blanks"), 20)) == "  kept blanks"


def test_wrap_cuts_words_wider_than_a_line() -> None:
    assert plain(wrap(text("a bcdefghij"), 4, indent=1)) == " a\n bcd\n efg\n hij"
    assert wrap(text(""), 10) == [()]


def test_wrap_loses_nothing() -> None:
    rng = random.Random(1)
    for _ in range(500):
        line = join((text(rng.choice(STRINGS), rng.choice(("", "key"))) for _ in range(4)), " ")
        width, indent = rng.randrange(4, 60), rng.randrange(6)
        lines = wrap(line, width, indent=indent)
        assert all(line_width(part) <= width for part in lines)
        wrapped = "".join(plain_line(part) for part in lines)
        assert wrapped.replace(" ", "") == plain_line(line).replace(" ", "")


def test_flow_breaks_between_parts() -> None:
    parts = [text("one part"), (), text("another"), text("third")]
    assert plain(flow(parts, 40)) == "one part, another, third"
    assert plain(flow(parts, 18)) == "one part, another,\nthird"
    assert plain(flow(parts, 17)) == "one part,\nanother, third"
    assert plain(flow([text("one part that is long")], 12)) == "one part\n  that is\n  long"


def test_table_aligns_and_gives_up_columns_by_rank() -> None:
    rows = [
        (text("1"), text("a_long_name"), text("some source"), ()),
        (text("22"), text("b"), text("more"), ()),
    ]
    columns = (
        Column(right=True),
        Column(least=4, rank=2, keep_end=True),
        Column(least=6, rank=1, optional=True),
        Column(),
    )
    assert plain(table(rows, columns, 40)) == " 1  a_long_name  some source\n22  b            more"
    assert plain(table(rows, columns, 25)) == " 1  a_long_name  some so…\n22  b            more"
    assert plain(table(rows, columns, 20)) == " 1  a_long_name\n22  b"
    assert plain(table(rows, columns, 10)) == " 1  …_name\n22  b"
    assert plain(table([], columns, 10)) == ""


def test_a_comfortable_width_is_given_up_first() -> None:
    rows = [(text("n" * 30), text("s" * 30))]
    columns = (Column(least=4, rank=2, comfortable=10), Column(least=6, rank=1))
    assert plain(table(rows, columns, 45)) == "n" * 12 + "…  " + "s" * 30
    assert plain(table(rows, columns, 20)) == "n" * 9 + "…  " + "s" * 7 + "…"


def test_pairs_wrap_inside_their_column_or_below_the_key() -> None:
    rows = [(text("key"), text("a value of several words")), (text("k"), ())]
    assert plain(pairs(rows, 31)) == "  key  a value of several words\n  k"
    assert plain(pairs(rows, 30, indent=1)) == " key  a value of several words\n k"
    assert plain(pairs(rows, 24)) == "  key\n    a value of several\n    words\n  k"


def test_ascii_never_pays_for_tables_of_characters() -> None:
    code = (
        "import sys\n"
        "from stepdbg.render.text import render_event\n"
        "from stepdbg.model.stops import Note\n"
        "render_event(Note('plain \\x1b words' * 30), 40)\n"
        "assert 'unicodedata' not in sys.modules\n"
        "render_event(Note('\\u5b50' * 30), 40)\n"
        "assert 'unicodedata' in sys.modules\n"
        "assert 'stepdbg.render.schema' not in sys.modules\n"
        "assert 'trio' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_what_the_engine_shows_is_cleaned_by_the_same_rule() -> None:
    every = [chr(number) for number in range(sys.maxunicode + 1)]
    apart = {each for each in every if plain_text(each) != clean(each)}
    assert apart == {"\n"}
    assert plain_text("\x1b[1m\u202ex\ud800\u3000") == "\\x1b[1m\\u202ex\\ud800\u3000"
