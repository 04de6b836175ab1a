"""Runs every example in this process, one after the other.

Owns: that, for the test that wants none of them to look wrong.
"""

from __future__ import annotations

import runpy

from tests.examples.running import EXAMPLES

if __name__ == "__main__":
    for path in sorted(EXAMPLES.glob("*.py")):
        try:
            runpy.run_path(str(path), run_name="__main__")
        except ExceptionGroup:
            assert path.stem == "crash"
        print("ran example", path.stem)
