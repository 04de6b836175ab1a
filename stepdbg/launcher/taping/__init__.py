"""Recording what the standard library gives a program on a tape, and giving it again.

Owns: functions in place of those that tell the time, draw random numbers and read what the user
types; the options `--tape` and, with a tape, `--replay`.
Does not own: the tape (model.tape), sockets and threads of Trio's (engine.taping).
"""
