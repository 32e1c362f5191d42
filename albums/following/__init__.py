"""Albums that follow a folder: pictures and films in it are shown, as they come, move and go.

One way only: what is done in an album never changes a file on anybody's disk. Read from the
inside out: `files` says what is a picture, `steps` what to do about one, `looking` reads the
folder's journal, `doing` does a step, `keeping` is the loop, and `beginning` is what people ask.
"""
