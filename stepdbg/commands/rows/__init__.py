"""The rows of the command table, one module per group of commands; data only."""
