"""Copies its standard input."""

import sys

for line in sys.stdin:
    print("read", line.rstrip())
print("end")
