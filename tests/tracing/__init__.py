"""Tests of traces: `trace`, `--trace`, `--raw-events`, `stepdbg.Tracer`."""
