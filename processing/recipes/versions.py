"""Which version of the recipes an outcome came from, so that older ones are made anew. Pure.

A version is a sum of numbers that only ever grow: raise the one whose meaning changed.
"""

from processing.recipes import ladder, motion, pictures, previews, recording

# Which formats are understood: a file refused by less is looked at once more.
FORMATS = 4
# What is read off a file: dates, places, cameras, how it looks.
FACTS = 3

# Where places are looked for in originals: what is known by less is looked at once more, and a
# copy that was made by less is made anew when somebody asks for it.
HIDING = 2

# Versions of recipes that are gone: without them the sum would shrink.
GONE = 1

# What follows from looking at a file, and is made anew when that asks for it. A ladder's version
# stands in its own row.
FOLLOWING = {
    "motion": motion.VERSION,
    "previews": previews.VERSION,
    "recording": recording.VERSION,
}
# Only what everything else follows from begins anew by itself, and asks for the rest.
KINDS = {
    "prepare": FORMATS + FACTS + GONE + pictures.VERSION + ladder.VERSION + sum(FOLLOWING.values()),
}


def of(kind: str) -> int:
    """The present version of a kind of job; 1 for what is never made anew."""
    return {"strip": HIDING, **FOLLOWING, **KINDS}.get(kind, 1)
