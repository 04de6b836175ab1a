"""``python -m stepdbg``.

Owns: nothing; everything is in `cli`.
"""

import sys

from .cli import main

if __name__ == "__main__":
    # With 0 the interpreter ends by itself, as it does for a program that simply ends.
    if code := main():
        sys.exit(code)
