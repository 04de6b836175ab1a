"""Patterns of tasks."""

from __future__ import annotations

import pytest

from stepdbg.model.errors import NoSuchTask
from stepdbg.model.patterns import parse_pattern


@pytest.mark.parametrize("digits", ["1" * 19, "9" * 5_000, "٣" * 5_000])
@pytest.mark.parametrize("text", ["{}", "worker#{}"])
def test_a_number_that_no_task_can_have(text: str, digits: str) -> None:
    with pytest.raises(NoSuchTask) as caught:
        parse_pattern(text.format(digits))
    assert str(caught.value).startswith("there is no task ")
    assert len(str(caught.value)) < 60


def test_a_number_that_a_task_may_have() -> None:
    assert parse_pattern("1" * 18).number == int("1" * 18)
    assert parse_pattern("worker#" + "1" * 18).ordinal == int("1" * 18)
