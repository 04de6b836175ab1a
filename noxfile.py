"""`nox -s ecosystem`: the test suites of real projects, bare and under stepdbg.

Everything else is run by `.ci/run`.
"""

import nox

nox.options.sessions = ["ecosystem"]

NEWEST = "3.13"
OLDER = ("3.12", "3.11")
"""There Trio's own suite is run alone, one way."""


@nox.session(python=[NEWEST, *OLDER])
def ecosystem(session: nox.Session) -> None:
    """Compare the outcome of each test; arguments go to `python -m tests.ecosystem`."""
    session.install("-r", "tests/ecosystem/requirements.txt", "hatchling")
    session.install("--no-deps", ".")
    usual = [] if session.python == NEWEST else ["trio", "--way", "debugged"]
    session.run("python", "-m", "tests.ecosystem", *(session.posargs or usual))
