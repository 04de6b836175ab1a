"""Threads that outlive the main module, one of which fails."""

import atexit
import threading

main_over = threading.Event()


def late():
    main_over.wait()
    print("late", threading.main_thread().is_alive())
    print("own file still known:", "__file__" in globals())


def failing():
    main_over.wait()
    raise ValueError("in a thread")


atexit.register(print, "atexit")
for target in (late, failing):
    thread = threading.Thread(target=target, name=target.__name__)
    thread.start()
    if target is late:
        threading._register_atexit(main_over.set)
print("main is over")
