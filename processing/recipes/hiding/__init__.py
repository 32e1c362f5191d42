"""Where in a file the place is written that it was made at, as bytes to overwrite. Pure.

Whatever is found is overwritten in place and to the same length, so that everything else in the
file, its pixels above all, stays as it is and where it is.
"""
