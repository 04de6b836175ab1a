"""Taping what the standard library gives a program.

Owns: functions in the places of those that tell the time, draw random numbers and read what the
user types; the options `--tape` and, with a tape, `--replay`.
Does not own: the tape (model.tape), sockets and threads of Trio's (engine.taping).
"""
