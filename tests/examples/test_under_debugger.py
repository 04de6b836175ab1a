"""No scars: an example that is only continued does exactly what it does by itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .running import Finished, bare, continued, continued_aside
from .test_bare import ALL, ANY_ORDER

CONTINUE = "(stepdbg) continue"
LAST_LINES = ("run 1 ended", "the program ended")


@pytest.mark.parametrize("example", sorted(set(ALL) - ANY_ORDER))
def test_output_and_exit_code_are_the_same_to_the_byte(example: str) -> None:
    assert continued_aside(example) == bare(example)


@pytest.mark.parametrize("example", sorted(set(ALL) - ANY_ORDER))
def test_whoever_only_continues_sees_the_program_alone(example: str) -> None:
    assert continued(example) == bare(example)


@pytest.mark.parametrize("example", sorted(ANY_ORDER))
@pytest.mark.parametrize("way", [continued, continued_aside])
def test_output_is_the_same_but_for_its_order(example: str, way: Callable[[str], Finished]) -> None:
    alone, held = bare(example), way(example)
    assert sorted(held.lines) == sorted(alone.lines)
    assert sorted(held.stderr.splitlines()) == sorted(alone.stderr.splitlines())
    assert held.exit_code == alone.exit_code


@pytest.mark.parametrize("example", sorted(set(ALL) - {"tracer"}))
def test_a_transcript_has_the_whole_output_after_continue(example: str) -> None:
    """All but the tracer print nothing before their first stop."""
    alone, held = bare(example), continued(example, "-v", "--output", "stdout")
    lines = held.lines
    begins = lines.index(CONTINUE) + 1
    ends = begins + len(alone.lines)
    arrange = sorted if example in ANY_ORDER else list
    assert arrange(lines[begins:ends]) == arrange(alone.lines)
    assert lines[ends].startswith(LAST_LINES[0])
    assert any(line.startswith(LAST_LINES[1]) for line in lines[ends:])
    assert sorted(held.stderr.splitlines()) == sorted(alone.stderr.splitlines())
    assert held.exit_code == alone.exit_code
