"""`lints`: what looks wrong so far.

Owns: what the command answers.  Does not own: finding it (engine.linting).
"""

from __future__ import annotations

from stepdbg.model.replies import LintList

from .request import Request, Result


def lints(request: Request) -> Result:
    """`lints`."""
    request.words(most=0)
    inspector = request.desk.inspector
    lints = inspector.lints()
    return LintList(lints.found, lints.off, lints.unseen, inspector.lately())
