"""Every private name of Trio, taken away once."""

from __future__ import annotations

import importlib
import types

import pytest
import trio

from stepdbg._trio_internals import names
from stepdbg._trio_internals.names import PRIVATE_NAMES, PrivateName
from stepdbg.model.errors import StepdbgError


def _owner(private: PrivateName) -> object:
    module, _, path = private.owner.partition(":")
    owner: object = importlib.import_module(module)
    for part in filter(None, path.split(".")):
        owner = getattr(owner, part)
    return owner


def _renamed(code: types.CodeType, name: str) -> types.CodeType:
    """The code with another name in the place of one."""
    return code.replace(
        co_names=tuple("gone" if each == name else each for each in code.co_names),
        co_consts=tuple("gone" if each == name else each for each in code.co_consts),
    )


def _take_away(private: PrivateName, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = _owner(private)
    if private.declared:
        monkeypatch.delitem(owner.__annotations__, private.name)
    elif not private.instance:
        monkeypatch.delattr(owner, private.name)
    elif isinstance(owner, types.FunctionType):
        monkeypatch.setattr(owner, "__code__", _renamed(owner.__code__, private.name))
    else:
        # Set in __init__: give the class one that sets another name.
        assert isinstance(owner, type)
        for each in owner.__mro__:
            init = vars(each).get("__init__")
            if not isinstance(init, types.FunctionType):
                continue
            code = init.__code__
            if private.name in (*code.co_names, *code.co_consts):
                other = types.FunctionType(
                    _renamed(code, private.name), init.__globals__, closure=init.__closure__
                )
                monkeypatch.setattr(each, "__init__", other)


def test_installed_trio_has_them_all() -> None:
    assert names.missing_names() == ()
    assert names.check() == ()


def _is_expected(private: PrivateName) -> bool:
    numbers = trio.__version__.split(".")[:2]
    return private.since <= tuple(int(number) for number in numbers)


EXPECTED = tuple(private for private in PRIVATE_NAMES if _is_expected(private))


def test_no_name_is_listed_twice() -> None:
    assert len({(private.owner, private.name) for private in PRIVATE_NAMES}) == len(PRIVATE_NAMES)


@pytest.mark.parametrize("private", EXPECTED, ids=lambda p: f"{p.owner}.{p.name}")
def test_missing_name_is_noticed(private: PrivateName, monkeypatch: pytest.MonkeyPatch) -> None:
    _take_away(private, monkeypatch)

    assert names.missing_names() == (private,)
    if private.essential:
        with pytest.raises(StepdbgError, match=rf"has no .*{private.name}.*cannot debug it"):
            names.check()
    else:
        (sentence,) = names.check()
        assert private.name in sentence
        assert f"{private.needed_for} is off" in sentence


def test_an_older_trio_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trio.__version__", "0.29.0")
    (sentence,) = names.check()
    assert "Trio 0.29.0 is older than 0.30" in sentence


def test_what_a_newer_trio_has_brought_is_missed_there_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    newer = PrivateName("trio._core._run:Runner", "brought_later", "something", since=(9, 0))
    monkeypatch.setattr(names, "PRIVATE_NAMES", (newer,))
    assert names.check() == ()
    monkeypatch.setattr("trio.__version__", "9.0.0+dev")
    (sentence,) = names.check()
    assert "brought_later: something is off" in sentence
