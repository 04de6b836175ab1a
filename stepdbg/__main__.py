"""``python -m stepdbg``.

Owns: nothing; everything is in `cli`.
"""

import sys

from .cli import main

if __name__ == "__main__":
    # If the program simply ends, the interpreter also ends by itself.
    if code := main():
        sys.exit(code)
