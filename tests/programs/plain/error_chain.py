"""Causes and contexts."""


def first():
    raise KeyError("first")


def second():
    try:
        first()
    except KeyError as error:
        raise LookupError("second") from error


try:
    second()
except LookupError:
    raise RuntimeError("third")  # noqa: B904 - a context, not a cause
