"""`nox -s ecosystem`: the test suites of real projects, and programs, bare and under stepdbg.

Everything else is run by `.ci/run`.
"""

import nox

nox.options.sessions = ["ecosystem", "programs"]

NEWEST = "3.13"
OLDER = ("3.12", "3.11")
"""There Trio's own suite is run alone, one way."""

PINNED = "tests/ecosystem/requirements.txt"
OF_TRIO = ("trio", "async-generator", "pyOpenSSL", "pytest", "trustme")
OURS = ("hatchling", "prompt_toolkit", "Pygments")


@nox.session(python=[NEWEST, *OLDER])
def ecosystem(session: nox.Session) -> None:
    """Compare the outcome of each test; arguments go to `python -m tests.ecosystem`."""
    if session.python == NEWEST:
        session.install("-r", PINNED, "hatchling")
        usual = []
    else:
        session.install("-c", PINNED, *OF_TRIO, *OURS)
        usual = ["trio", "--way", "debugged"]
    session.install("--no-deps", ".")
    session.run("python", "-m", "tests.ecosystem", *(session.posargs or usual))


@nox.session(python=NEWEST)
def programs(session: nox.Session) -> None:
    """Run servers, clients and event loops of others; arguments go to pytest."""
    session.install("-r", PINNED, "PySide6-Essentials", "hatchling")
    session.install("--no-deps", ".")
    # The plugins of the suites would take part in these tests.
    alone = [word for name in ("asyncio", "trio", "anyio") for word in ("-p", f"no:{name}")]
    tests = "tests/ecosystem/check_programs.py"
    session.run("python", "-m", "pytest", "-q", *alone, tests, *session.posargs)
