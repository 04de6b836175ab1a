"""An uncaught exception with frames, and output before it that is still buffered."""


def outer():
    inner(0)


def inner(number):
    return 1 / number


print("before")
outer()
