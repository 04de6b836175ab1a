"""Many runs of one call, each with a different order of steps.

Owns: choosing the orders, one explored run, what counts as its failure.
Does not own: processes, budgets and verdicts (launcher.exploring), following one schedule
in a debugged run (scheduling).
May be imported by: nothing in the engine.
"""
