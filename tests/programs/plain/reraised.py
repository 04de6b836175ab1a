"""An exception that is raised again later, with a traceback of its own."""

saved = None


def fail():
    raise OSError("kept")


try:
    fail()
except OSError as error:
    saved = error


def again():
    raise saved


again()
