"""The people of a folder: asked in, let in, given roles and shown out; and its name and end."""
