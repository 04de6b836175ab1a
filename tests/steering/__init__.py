"""Changing what a held run does next."""
