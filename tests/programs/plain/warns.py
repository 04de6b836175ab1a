"""Warnings that point at its own lines."""

import warnings


def old():
    warnings.warn("old", DeprecationWarning, stacklevel=2)


warnings.warn("plain")  # noqa: B028 - its default points here
old()
