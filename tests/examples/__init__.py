"""Every example: bare, under the debugger, and in whole sessions."""
