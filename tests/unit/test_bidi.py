"""Names stand in texts so that nothing around them is read another way."""

import pytest

from mediashare.bidi import isolated

OVERRIDE, END = "\N{RIGHT-TO-LEFT OVERRIDE}", "\N{POP DIRECTIONAL ISOLATE}"


@pytest.mark.parametrize("name", ["notes.txt", "Été 2024", "写真", "two\nlines", ""])
def test_a_name_from_left_to_right_stays_as_it_is(name):
    assert isolated(name) == name


@pytest.mark.parametrize("name", [f"{OVERRIDE}gpj.txt", "\u05ea\u05de.txt", "\u0661"])
def test_a_name_that_turns_letters_is_isolated(name):
    assert isolated(name) == f"\N{FIRST STRONG ISOLATE}{name}{END}"


@pytest.mark.parametrize("end", [END, "\n", "\u2029"])
def test_no_name_ends_its_own_isolation(end):
    assert isolated(f"a{end}{OVERRIDE}b") == f"\N{FIRST STRONG ISOLATE}a\ufffd{OVERRIDE}b{END}"
