"""Lanes as pictures in files, for other programs to show: browsers, Perfetto.

Owns: what stands in such a file.
Does not own: lanes (model.lanes), lanes on a terminal (render.timeline), or writing a file
(commands.timeline, launcher.timeline_file).

Pure functions from lanes to text.  A file may be handed on, so no text that a program or its user
has made stands in it but names: of tasks, functions and files.
"""
