"""`nox -s ecosystem`: the test suites of real projects, bare and under stepdbg.

Everything else is run by `.ci/run`.
"""

import nox

nox.options.sessions = ["ecosystem"]


@nox.session(python="3.13")
def ecosystem(session: nox.Session) -> None:
    """Compare the outcome of each test; arguments go to `python -m tests.ecosystem`."""
    session.install("-r", "tests/ecosystem/requirements.txt", "hatchling")
    session.install("--no-deps", ".")
    session.run("python", "-m", "tests.ecosystem", *session.posargs)
