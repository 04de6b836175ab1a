"""A bug of ours shows itself as ours.

Owns: the report of an exception that came out of stepdbg's own code.
Does not own: what happens to the run afterwards (run.fail).
"""

from __future__ import annotations

import sys
import traceback

from stepdbg.model.version import VERSION


def report_bug(error: BaseException, doing: str) -> None:
    """Print an internal error to the real standard error, for a bug report.

    Args:
        error: what was raised.
        doing: what stepdbg was doing, as a participle: "taking a step".
    """
    lines = [
        f"stepdbg {VERSION}: a bug in stepdbg, not in your program, while {doing}.\n",
        *traceback.format_exception(error),
        (
            "stepdbg: your program goes on without the debugger. Please report this traceback "
            f"together with the versions of Python ({sys.version.split()[0]}) and Trio.\n"
        ),
    ]
    stream = sys.stderr or sys.__stderr__
    if stream is not None:
        stream.write("".join(lines))
        stream.flush()
