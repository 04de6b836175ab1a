"""What the tests find around them: the same, whatever shell and whatever user starts them.

Owns: the environment variables, the home folder and the mask for new files of the test process
and of all children that inherit them.  Does not own: what a single test sets for its child
(children, at_terminal).
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import time

LEFT_OUT = (
    *("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLORTERM"),
    *("LC_ALL", "LC_CTYPE", "LC_MESSAGES", "LC_NUMERIC", "LC_TIME", "LANGUAGE"),
    *("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"),
    *("PYTHONBREAKPOINT", "PYTHONSTARTUP", "PYTHONINSPECT", "PYTHON_COLORS"),
    *("PAGER", "EDITOR", "VISUAL", "INPUTRC", "TERMINFO"),
)
"""Variables of a user's shell that change what is shown, or where files are looked for."""

SET = {"TERM": "xterm-256color", "LANG": "C.UTF-8", "TZ": "UTC"}


def settle() -> None:
    """Give this process surroundings that no test has to think about.

    The home folder is empty: a start file or a history of the user who runs the tests is not
    read, and not written.  It goes when the process ends.
    """
    for name in LEFT_OUT:
        os.environ.pop(name, None)
    home = tempfile.mkdtemp(prefix="home-of-tests-")
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    os.environ.update(SET, HOME=home)
    time.tzset()
    os.umask(0o022)
