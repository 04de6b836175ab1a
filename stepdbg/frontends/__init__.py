"""What talks to the user: a terminal, a script, a program that speaks JSON.

Owns: reading commands and showing answers.  Does not own: what a command does (commands) or
how an answer looks (render).  They know the engine only through `model.protocols`.
"""
