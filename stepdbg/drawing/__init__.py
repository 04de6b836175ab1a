"""Lanes as pictures in files, for other programs to show: browsers, Perfetto.

Owns: the contents of such a file.
Does not own: lanes (model.lanes), lanes on a terminal (render.timeline), or writing a file
(commands.timeline, launcher.timeline_file).

Pure functions from lanes to text.  A file may be handed on.  So the only texts of the program in a
picture of lanes are names: of tasks, functions and files.
"""
