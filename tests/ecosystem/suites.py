"""Whose test suites are run, and how.

Owns: the table of suites and of the ways to run them.
Does not own: running (running), comparing (comparing).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Suite:
    """A project's own tests.

    Attributes:
        name: for the table, and on the command line.
        version: the release whose tests are run; requirements.txt installs the same.
        arguments: for pytest.
        unpacked: whether the tests come with the source archive, not with the installed package.
        alone: whether pytest loads no plugin by itself, here and where the tests start one.
        own: packages of tests that are installed, and count as own code where lints are looked for.
    """

    name: str
    version: str
    arguments: tuple[str, ...]
    unpacked: bool = True
    alone: bool = False
    own: str = ""


@dataclass(frozen=True)
class Way:
    """A way to run a suite.

    Attributes:
        name: for the table.
        options: of stepdbg; None: without it.  ``{stem}`` in them stands for where the files of the
            suite go, without a suffix, and ``{own}`` for `Suite.own`.
    """

    name: str
    options: tuple[str, ...] | None


# pytest-trio would make fixtures of the same names as Trio's own plugin.
_TRIO = ("--pyargs", "trio._tests", "trio._core._tests", "-p", "trio._tests.pytest_plugin")
_NO_OTHERS = ("-p", "no:trio", "-p", "no:asyncio", "-p", "no:anyio")

_ANYIO = ("-m", "not network", "-p", "no:trio", "-p", "no:asyncio")
_TRIO_MODE = ("-o", "trio_mode=true", "-p", "no:asyncio", "-p", "no:anyio")

SUITES = (
    Suite(
        "anyio",
        "4.16.0",
        # Without IPv6 those tests fail and leave sockets behind, for which others are blamed.
        ("tests", "-k", "trio and not v6 and not dualstack and not trio-multi", *_ANYIO),
        # One gives a pytest of its own three seconds, of which all these plugins take half.
        alone=True,
    ),
    Suite(
        "pytest-trio",
        "0.8.0",
        ("--pyargs", "pytest_trio", "-p", "pytester", "-p", "no:asyncio"),
        unpacked=False,
        own="pytest_trio",
    ),
    Suite("trio-websocket", "0.12.2", ("tests", *_TRIO_MODE)),
    Suite("httpcore", "1.0.9", ("tests", "-k", "trio", "-p", "no:asyncio")),
    Suite("httpx", "0.28.1", ("tests", "-k", "trio", "-m", "not network", "-p", "no:asyncio")),
    Suite(
        "hypercorn", "0.18.0", ("tests", "-o", "addopts=", "-k", "not asyncio", "-p", "no:anyio")
    ),
    Suite("trio-util", "0.8.0", ("tests", *_TRIO_MODE)),
    Suite(
        "trio",
        "0.35.0",
        (*_TRIO, *_NO_OTHERS, "--skip-optional-imports"),
        unpacked=False,
        own="trio._tests trio._core._tests",
    ),
    Suite("outcome", "1.3.0.post0", ("tests",)),
)

_GO = ("-c", "continue")

BARE = Way("bare", None)

WAYS = (
    Way("debugged", _GO),
    Way("recording", ("--record", *_GO)),
    Way("breakpoint", ("-c", "break task nobody-is-called-so", *_GO)),
    Way("line", ("-c", "break trio/_core/_run.py:3075", *_GO)),
    Way("dump", ("--dump=fail.stepdbg", *_GO)),
    Way("pm", ("--pm", *_GO)),
    Way("seed", ("--seed", "7", *_GO)),
    Way("lints", ("--lint-report={stem}.jsonl", "-c", "set own {own}", *_GO)),
)

_COIN = "test_scheduler_determinism::test_the_trio_scheduler_is_not_deterministic"
_EXIT_HOOK = "test_instrumentation::test_instrument_that_raises_on_getattr"

EXCUSED = {
    ("trio", "recording"): frozenset({_EXIT_HOOK}),
    ("trio", "seed"): frozenset({_COIN}),
}
"""Tests that come out differently, by suite and way; `docs/fidelity.md` has the reasons."""
