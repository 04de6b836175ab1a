"""An uncaught exception whose __str__ fails, raised at module level."""


class Odd(Exception):
    def __str__(self):
        raise RuntimeError("no")


raise Odd
