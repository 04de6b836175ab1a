"""Going back in a run: a copy of the process runs the program once more, up to a step.

Owns: the copy that is kept from the start of a run, what it does, and the talk between the two.
Does not own: the order of steps (recording.step_log, scheduling.replaying), or the prompt.
May be imported by: `running`.
"""
