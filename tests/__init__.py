"""The tests of stepdbg."""
