"""Exploring the orders of a program: `--explore` and `stepdbg.explore`.

Owns: the processes that try schedules (`children`, `workers`), budget and verdict (`search`), what
is asked for (`wish`), why a failure comes about (`explaining`), and the two ways in (`script`,
`function`).
Does not own: one run in a chosen order (engine.exploring), the report (render.exploring).
"""
