"""Lets the tests that debug a program in this process leave the main thread to it."""

from __future__ import annotations

import functools

import pytest

from tests import mainthread


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run the body of a test that uses the harness beside the main thread.

    A test uses the harness when its module has imported `debugging` from there.
    """
    debugging = getattr(pyfuncitem.module, "debugging", None)
    if getattr(debugging, "__module__", None) != "tests.harness":
        return None
    arguments = pyfuncitem.funcargs
    wanted = {name: arguments[name] for name in pyfuncitem._fixtureinfo.argnames}
    mainthread.run_beside_program(functools.partial(pyfuncitem.obj, **wanted))
    return True
