"""A script that never runs Trio, and says so through its exit code."""

import sys

print("no Trio here", *sys.argv[1:])
sys.exit(3)
