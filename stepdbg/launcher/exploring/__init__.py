"""Exploring the orders of a program: `--explore` and `stepdbg.explore`.

Owns: the processes that try schedules (`children`, `workers`), budget and verdict (`search`), the
options (`wish`), why a failure happens (`explaining`), and the two ways to start (`script`,
`function`).
Does not own: one run in a chosen order (engine.exploring), the report (render.exploring).
"""
