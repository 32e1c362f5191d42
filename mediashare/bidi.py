"""Names in texts that have no elements: titles of pages, messages, subjects of mails.

Anybody may call a file what turns the letters after it around. On pages a name stands in a `bdi`.
"""

import re
from unicodedata import bidirectional

from django import template

register = template.Library()

FIRST_STRONG_ISOLATE, POP_DIRECTIONAL_ISOLATE = "\u2068", "\u2069"
# What ends an isolate, as Unicode Standard Annex 9 has it: its own end, and that of a paragraph.
ENDS = re.compile(f"[\n\r\x1c-\x1e\x85\u2029{POP_DIRECTIONAL_ISOLATE}]")
# Letters, digits and marks that go from right to left, or make others do so.
TURNING = {"R", "AL", "AN", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "FSI", "PDF", "PDI"}


@register.filter
def isolated(name: object) -> str:
    """A name in a text, which is read as if the name had no direction. Most stay as they are."""
    text = str(name)
    if TURNING.isdisjoint(map(bidirectional, text)):
        return text
    inside = ENDS.sub("\N{REPLACEMENT CHARACTER}", text)
    return f"{FIRST_STRONG_ISOLATE}{inside}{POP_DIRECTIONAL_ISOLATE}"
