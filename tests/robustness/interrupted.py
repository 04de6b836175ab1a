"""``python -m tests.robustness.interrupted MODULE FUNCTION OPTIONS``: stepdbg, and SIGINT in it.

The signal comes when stepdbg calls that function of its own for the first time.
"""

from __future__ import annotations

import os
import signal
import sys

from stepdbg import cli
from stepdbg.sealed import load


def main() -> None:
    """Run the command line, without the first two words."""
    module, name = load(sys.argv.pop(1)), sys.argv.pop(1)
    original = getattr(module, name)

    def interrupted(*args: object, **named: object) -> object:
        setattr(module, name, original)
        os.kill(os.getpid(), signal.SIGINT)
        return original(*args, **named)

    setattr(module, name, interrupted)
    cli.main()


if __name__ == "__main__":
    main()
