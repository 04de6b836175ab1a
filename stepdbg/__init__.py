"""A step-by-step debugger for programs that run under Trio."""
