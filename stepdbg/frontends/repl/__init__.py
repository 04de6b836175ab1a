"""The terminal front end.

Owns: the prompt and everything that is printed around it (`front_end.TerminalFrontEnd`).
Does not own: what commands do, or how their answers are laid out.

The only user of prompt_toolkit and pygments, neither of which is imported before the first
prompt: a program that never stops must not pay for them.
"""
