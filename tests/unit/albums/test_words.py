"""How text becomes words to be found by, and words a question."""

from uuid import UUID

import pytest

from albums.search import words

ALICE = UUID("00112233-4455-6677-8899-aabbccddeeff")
MARK = "00112233"


def said(*texts: str) -> set[str]:
    return {word.removeprefix(MARK) for word in words.said(ALICE, texts)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Lisbon, Portugal", {"lisbon", "portugal"}),
        ("São João da Madeira", {"sao", "joao", "da", "madeira"}),
        ("beach-at_dusk.jpg", {"beach", "at", "dusk", "jpg"}),
        ("DSC0412.NEF", {"dsc0412", "0412", "nef"}),
        ("EF24-105mm f/4L", {"ef24", "24", "105mm", "mm", "f", "4l", "l"}),
        ("東京タワー 2024", {"東", "京", "タ", "ワ", "2024"}),
        ("it's \\ & | ! <-> :*", {"it", "s"}),
        ("", set()),
    ],
)
def test_text_becomes_words(text, expected):
    assert said(text) >= expected
    assert len(said(text)) <= len(expected) + 1


def test_every_word_carries_the_mark_of_its_owner():
    assert words.said(ALICE, ["Beach beach BEACH"]) == [f"{MARK}beach"]


def test_a_question_wants_all_words_at_least_begun():
    assert words.asked(ALICE, "Lisb  NIKON lisb") == f"'{MARK}lisb':* & '{MARK}nikon':*"


@pytest.mark.parametrize("text", ["", "  ", "&|!", "':*", "\0"])
def test_without_a_word_there_is_no_question(text):
    assert words.asked(ALICE, text) == ""


def test_what_a_stranger_wrote_is_bounded():
    assert len(words.said(ALICE, [" ".join(map(str, range(10_000)))])) == words.MOST_WORDS
    assert len(words.said(ALICE, ["a" * 5000])[0]) == len(MARK) + words.LONGEST_WORD
    assert words.asked(ALICE, "a b c d e f g h i j k l m n o p").count("&") == 11
