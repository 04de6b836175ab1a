"""Every private name of Trio, taken away once."""

from __future__ import annotations

import importlib
import types

import pytest

from stepdbg._trio_internals import names
from stepdbg._trio_internals.names import PRIVATE_NAMES, PrivateName
from stepdbg.model.errors import StepdbgError


def _owner(private: PrivateName) -> object:
    module, _, path = private.owner.partition(":")
    owner: object = importlib.import_module(module)
    for part in filter(None, path.split(".")):
        owner = getattr(owner, part)
    return owner


def _take_away(private: PrivateName, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = _owner(private)
    if not private.instance:
        monkeypatch.delattr(owner, private.name)
        return
    # Set in __init__: give the class one that sets another name.
    init = owner.__init__  # type: ignore[misc]
    code = init.__code__
    renamed = tuple("gone" if name == private.name else name for name in code.co_names)
    other = types.FunctionType(
        code.replace(co_names=renamed), init.__globals__, closure=init.__closure__
    )
    monkeypatch.setattr(owner, "__init__", other)


def test_installed_trio_has_them_all() -> None:
    assert names.missing_names() == ()
    assert names.check() == ()


@pytest.mark.parametrize("private", PRIVATE_NAMES, ids=lambda p: f"{p.owner}.{p.name}")
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
    monkeypatch.setattr("trio.__version__", "1.0.0+dev")
    assert names.check() == ()
