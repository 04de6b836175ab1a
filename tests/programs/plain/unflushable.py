"""Prints to a standard output that is closed, or gone."""

import sys

print("text")
print("done", file=sys.stderr)
