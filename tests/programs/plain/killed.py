"""Sends itself the signal that its argument names."""

import os
import signal
import sys

print("now", flush=True)
os.kill(os.getpid(), getattr(signal, sys.argv[1]))
