"""The terminal front end.

Owns: the prompt and everything that is printed around it (`front_end.TerminalFrontEnd`).
Does not own: what commands do, or how their answers are laid out.

Only this package uses prompt_toolkit and pygments.  They are imported at the first prompt, since a
program that never stops must not pay for them.
"""
