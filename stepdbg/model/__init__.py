"""Frozen pictures of a run and the protocols between the layers.

Owns: every type that crosses a layer (labels, snapshots, stops, replies, protocols).
Does not own: anything alive.  Nothing here imports Trio or a terminal toolkit, so a
picture can be drawn, stored or compared without a program that runs.

Import from the submodules; this package gathers nothing, because a program that only
continues must not pay for the types of commands that nobody asked for.
"""
