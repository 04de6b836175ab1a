"""``python -m tests.frontends.counted OPTIONS``: stepdbg, and how many Python calls it took.

The count of calls on the main thread goes to standard error, the last line. Looks for lints are
left out: how many there are depends on how long they take.
"""

from __future__ import annotations

import atexit
import sys
from types import FrameType

from stepdbg import cli
from stepdbg.engine.linting.watch import Lints

_LOOKS = Lints.at_stop.__code__


class _Count:
    calls = 0
    looking = False

    def profile(self, frame: FrameType, event: str, argument: object) -> None:  # noqa: ARG002
        if frame.f_code is _LOOKS:
            self.looking = event == "call"
        elif event == "call" and not self.looking:
            self.calls += 1


def main() -> None:
    """Run the command line and count."""
    count = _Count()

    def tell() -> None:
        sys.setprofile(None)
        print(count.calls, file=sys.__stderr__, flush=True)

    atexit.register(tell)
    sys.setprofile(count.profile)
    cli.main()


if __name__ == "__main__":
    main()
