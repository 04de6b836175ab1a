"""Annotations at module level, and a docstring of its own."""

answer: int = 42
print(__doc__)
print(__annotations__)
