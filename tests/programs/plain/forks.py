"""A forked child that ends as a program does."""

import os
import sys

sys.stdout.flush()
child = os.fork()
if child == 0:
    print("child")
    sys.exit(3)
_, status = os.waitpid(child, 0)
print("parent", os.waitstatus_to_exitcode(status))
