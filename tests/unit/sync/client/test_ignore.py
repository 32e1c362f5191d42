"""Rules in gitignore's syntax, in files of several folders."""

import pytest

from sync.client.ignore import NO_RULES

ROOT_RULES = NO_RULES.inside("", "*.log\n!keep.log\nbuild/\n/top\n# words\n")


@pytest.mark.parametrize(
    ("path", "is_folder", "is_ignored"),
    [
        ("a.log", False, True),
        ("docs/a.log", False, True),
        ("keep.log", False, False),
        ("build", True, True),
        ("build", False, False),
        ("docs/build", True, True),
        ("top", False, True),
        ("docs/top", False, False),
        ("notes", False, False),
    ],
)
def test_rules_of_the_root_count_everywhere(path, is_folder, is_ignored):
    assert ROOT_RULES.ignore(path, is_folder=is_folder) == is_ignored


def test_the_nearest_rules_that_say_anything_decide():
    docs = ROOT_RULES.inside("docs", "!a.log\n/draft\n")

    assert not docs.ignore("docs/a.log", is_folder=False)
    assert docs.ignore("docs/b.log", is_folder=False)
    assert docs.ignore("docs/draft", is_folder=False)
    assert not docs.ignore("docs/more/draft", is_folder=False)


def test_a_line_that_is_no_rule_leaves_the_others_as_they_are():
    rules = NO_RULES.inside("", "!\n*.log\n")

    assert rules.ignore("a.log", is_folder=False)


def test_without_rules_nothing_is_ignored():
    assert not NO_RULES.ignore(".git", is_folder=True)
