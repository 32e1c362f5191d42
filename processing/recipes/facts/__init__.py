"""Facts of a photo or video, read out of what cameras and programs wrote. Pure.

Each module reads one source and gives back what it found as a dictionary of the same shape;
`gathering` puts them together, `dates` decides which date counts. Everything comes from
strangers' files: what makes no sense is left out, never guessed, and nothing in a file raises.
"""
