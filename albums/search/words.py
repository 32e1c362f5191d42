"""Text as words that can be looked for: without case, accents and punctuation. Pure.

PostgreSQL's own parser is left out, since it takes `beach-2.jpg` for one word, the name of a host.
"""

import re
from collections.abc import Iterable, Iterator
from uuid import UUID

from processing.recipes.places import fold

MOST_WORDS = 500
MOST_ASKED = 12
LONGEST_WORD = 40
# A mark need not tell everybody apart: who owns an item is asked as well.
MARK_DIGITS = 8

# Chinese and Japanese put no spaces between words, so each sign is one.
_SIGNS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_WORD = re.compile(f"[{_SIGNS}]|[^\\s{_SIGNS}]+")
_RUN = re.compile(r"\d+|\D+")


def said(owner_id: UUID, texts: Iterable[str]) -> list[str]:
    """The words of an item, each once, with the mark of its owner.

    With the mark a lookup reads the words of one person, not of everybody.
    """
    mark = _mark(owner_id)
    found = dict.fromkeys(part for text in texts for word in _words(text) for part in _parts(word))
    return [mark + word for word in list(found)[:MOST_WORDS]]


def asked(owner_id: UUID, text: str) -> str:
    """What somebody typed as a question to PostgreSQL: all the words, each at least begun.

    Empty when there is no word in it.
    """
    mark = _mark(owner_id)
    wanted = list(dict.fromkeys(_words(text)))[:MOST_ASKED]
    return " & ".join(f"'{mark}{word}':*" for word in wanted)


def _words(text: str) -> Iterator[str]:
    return (word[:LONGEST_WORD] for word in _WORD.findall(fold(text)))


def _parts(word: str) -> Iterator[str]:
    """The word, and what it is made of: who looks for 0412 means `dsc0412` too."""
    yield word
    runs = _RUN.findall(word)
    yield from runs[1:]


def _mark(owner_id: UUID) -> str:
    return owner_id.hex[:MARK_DIGITS]
