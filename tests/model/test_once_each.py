"""Results that are remembered for each object."""

from __future__ import annotations

import pytest

from stepdbg.model.once_each import once_for_each


def test_each_object_is_asked_about_once() -> None:
    asked: list[list[int]] = []

    @once_for_each(kept=10)
    def length_of(numbers: list[int]) -> int:
        """How many numbers there are."""
        asked.append(numbers)
        return len(numbers)

    one, other = [1], [1]  # equal, and not hashable
    assert [length_of(one), length_of(other), length_of(one)] == [1, 1, 1]
    assert [id(each) for each in asked] == [id(one), id(other)]
    one.append(2)
    assert length_of(one) == 1, "the object counts, and not its value"
    assert length_of.__doc__ == "How many numbers there are."


def test_no_more_are_kept_than_said() -> None:
    asked: list[str] = []

    @once_for_each(kept=2)
    def found(name: str) -> str:
        asked.append(name)
        return name

    names = ["one", "two", "three", "four"]
    for name in [*names[:3], *names[:3]]:
        found(name)
    assert asked == names[:3]
    found(names[3])  # there are more than two: all others are dropped
    found(names[3])
    found(names[0])
    assert asked == [*names, names[0]]


def test_an_error_is_no_result() -> None:
    tries = []

    @once_for_each(kept=2)
    def fails_once(name: str) -> int:
        tries.append(name)
        if len(tries) == 1:
            raise MemoryError
        return len(tries)

    name = "code"
    with pytest.raises(MemoryError):
        fails_once(name)
    assert [fails_once(name), fails_once(name)] == [2, 2]
    assert tries == [name, name]
