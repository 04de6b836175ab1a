"""Tests of the launcher and the command line, in real child processes."""
