"""The test suites of real projects, bare and debugged: outside of the default test command.

`python -m tests.ecosystem` runs and compares them; `nox -s ecosystem` installs what it takes.
"""
