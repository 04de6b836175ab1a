"""Schedules: writing one down, its text, following one."""
