"""``python -m stepdbg``.

Owns: nothing; everything is in `cli`.
"""

import sys

from .cli import main

if __name__ == "__main__":
    # A program that simply ends lets the interpreter end by itself, too.
    if code := main():
        sys.exit(code)
