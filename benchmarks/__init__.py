"""What stepdbg costs a program that is not stopped.

``python -m benchmarks`` prints a Markdown table.  Owns: workloads, settings, measuring.
Does not own: any claim; those are in README.md and the documentation.
"""

import os

# Whatever is installed has its bytecode.  Where none is written, every process would compile
# what has changed since, and that would be the larger half of what is measured.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
