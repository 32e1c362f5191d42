"""Which version of the recipes an outcome came from, so that older ones are made anew. Pure.

A version is a sum of numbers that only ever grow: raise the one whose meaning changed.
"""

from processing.recipes import motion, pictures, video

# Which formats are understood: a file refused by less is looked at once more.
FORMATS = 2
# What is read off a file: dates, places, cameras, how it looks.
FACTS = 1

# Only what everything else follows from. It asks for the rest, by parts that have versions too.
KINDS = {"prepare": FORMATS + FACTS + pictures.VERSION + motion.VERSION + video.VERSION}


def of(kind: str) -> int:
    """The present version of a kind of job; 1 for what is never made anew by itself."""
    return KINDS.get(kind, 1)
