"""Exploring the orders of a program: `--explore` and `stepdbg.explore`.

Owns: the processes that try schedules (`workers`), budget and verdict (`search`), what is asked for
(`wish`), and the two ways in (`script`, `function`).
Does not own: one run in a chosen order (engine.exploring), the report (render.exploring).
"""
