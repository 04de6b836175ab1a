from . import sibling


def fail():
    raise ValueError(sibling.value)


print("before")
fail()
