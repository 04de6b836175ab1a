"""The front ends: what is typed, what is shown."""
