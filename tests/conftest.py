"""What holds for every test: the main thread is left to debugged programs, signals work, and
the surroundings are the same everywhere.

What the tests of each folder have taken is told at the end.
"""

from __future__ import annotations

import functools
import gc
import signal
from collections.abc import Iterator

import pytest

from tests import mainthread, surroundings
from tests.folder_seconds import FolderSeconds

surroundings.settle()

# A shell starts what it puts into the background with SIGINT ignored (and nohup does it with
# SIGHUP), and ignored signals are inherited: programs under test could not be interrupted.
for _signal, _handler in (
    (signal.SIGINT, signal.default_int_handler),
    (signal.SIGQUIT, signal.SIG_DFL),
    (signal.SIGHUP, signal.SIG_DFL),
):
    if signal.getsignal(_signal) is signal.SIG_IGN:
        signal.signal(_signal, _handler)


def pytest_configure(config: pytest.Config) -> None:
    """Have the seconds of each folder told at the end."""
    config.pluginmanager.register(FolderSeconds())


def pytest_collection_finish() -> None:
    """Keep what all tests share out of the collector's sight.

    Each session looks at all objects once.  Some 300,000 are pytest's and those of the tests, and
    looking at them took more than half of the time of tests that use the harness.
    """
    gc.collect()
    gc.freeze()


def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """After the tests of a file do the same with the modules that they have loaded."""
    if nextitem is None or nextitem.path != item.path:
        gc.collect()
        gc.freeze()


@pytest.fixture
def all_in_sight() -> Iterator[None]:
    """The collector sees everything, as in a process without these tests."""
    gc.unfreeze()
    yield
    gc.freeze()


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
