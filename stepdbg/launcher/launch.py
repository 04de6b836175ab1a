"""Runs a target under a wiring.

Owns: the frame that the program's frames lie on.  Does not own: anything that either side
of it does.
"""

from __future__ import annotations

from functools import partial

from .target import TargetNotFound
from .uncaught import prepare_report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .target import Target
    from .wiring import Wiring


def launch(target: Target, arguments: Sequence[str], wiring: Wiring) -> None:
    """Run a target as ``__main__``; what it raises leaves through here.

    Args:
        target: what to run.
        arguments: the program's own arguments, `sys.argv` without the first.
        wiring: is told how the program ended.

    Raises:
        TargetNotFound: there is nothing to run.
        BaseException: whatever the program raises.
    """
    namespace = target.enter(arguments)
    wiring.begin(len(arguments))
    wiring.serve_breakpoints()
    try:
        exec(target.load(), namespace)
    except TargetNotFound:
        raise
    except BaseException as error:
        target.flush()
        wiring.ended_by(error)
        prepare_report(error, partial(_look_back, target, wiring, error), wiring.ended_by)
        raise
    target.flush()
    target.leave()


def _look_back(target: Target, wiring: Wiring, error: BaseException) -> None:
    """The exception has been shown: ask about it, and let go of the program."""
    wiring.post_mortem(error)
    target.leave()
