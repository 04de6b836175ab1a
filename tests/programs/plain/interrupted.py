"""KeyboardInterrupt leaves the program."""

import atexit

atexit.register(print, "atexit")
try:
    print("interrupted")
    raise KeyboardInterrupt
finally:
    print("cleaned up")
