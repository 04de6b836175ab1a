"""Tests of recordings: `--record-to`, `--open`, `at`, the file."""
