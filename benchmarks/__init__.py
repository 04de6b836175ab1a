"""What stepdbg costs a program that is not stopped.

``python -m benchmarks`` prints a Markdown table.  Owns: workloads, settings, measuring.
Does not own: any claim; those are in README.md and the documentation.
"""
