"""The words people read when a file could not be processed."""

import pytest

from processing import reasons

ALL = {
    name: text
    for name, text in vars(reasons).items()
    if name.isupper() and isinstance(text, str) and name != "KEPT"
}


TO_DO = ("upload it again", "try again", "choose", "ask its owner")
# Nothing is left, and nothing can be done.
SAYS_ALL = {"EMPTY", "DUPLICATE", "BYTES_ARE_GONE"}


@pytest.mark.parametrize("name", ALL)
def test_a_reason_is_whole_sentences_that_fit_the_column(name):
    assert ALL[name][0].isupper()
    assert ALL[name].endswith(".")
    assert len(ALL[name]) <= 300


@pytest.mark.parametrize("name", ALL)
def test_a_reason_says_what_is_left_or_what_to_do(name):
    says_what_is_left = reasons.KEPT in ALL[name]
    says_what_to_do = any(words in ALL[name].lower() for words in TO_DO)

    assert says_what_is_left or says_what_to_do or name in SAYS_ALL


@pytest.mark.parametrize("name", ALL)
def test_a_reason_spares_people_the_machinery(name):
    for word in ("ffmpeg", "libvips", "worker", "exception", "null", "codec"):
        assert word not in ALL[name].lower()
