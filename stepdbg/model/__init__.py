"""Frozen pictures of a run and the protocols between the layers.

Owns: every type that crosses a layer (labels, snapshots, stops, replies, protocols).
Does not own: live objects.  Nothing here imports Trio or a terminal toolkit, so a picture can
be drawn, stored or compared when no program is running.

Import from the submodules.  This package re-exports nothing, because a program that only
continues must not pay for the types of commands that nobody used.
"""
