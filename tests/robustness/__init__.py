"""Nothing the debugger meets breaks it, or what it watches."""
