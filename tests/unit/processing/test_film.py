"""The script of a film: what is seen when, and from how near."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processing.recipes import film

LENGTHS = st.lists(st.floats(0.1, 30), min_size=1, max_size=40)
SIZES = st.tuples(st.integers(16, 8000), st.integers(16, 8000))


@given(LENGTHS)
def test_scenes_follow_each_other_and_overlap_by_one_fade(lengths):
    script = film.scenes(lengths)

    assert script[0].start == 0
    for before, after in pairwise(script):
        assert before.end - after.start == pytest.approx(film.FADE_SECONDS)


@given(st.text(st.sampled_from("ab  "), max_size=60), st.integers(1, 20))
def test_a_title_is_broken_into_lines_that_fit_and_loses_no_letter(title, room):
    lines = film.lines_of(title, is_fitting=lambda line: len(line) <= room)

    assert all(0 < len(line) <= room for line in lines)
    assert "".join(lines).replace(" ", "") == title.replace(" ", "")


@given(LENGTHS, st.floats(0, 1))
def test_at_each_moment_something_is_seen_and_never_more_than_two_things(lengths, share):
    script = film.scenes(lengths)
    seen = film.seen_at(script, share * script[-1].end)

    assert 1 <= len(seen) <= 2
    assert seen[0][1] == 1.0
    assert all(0 <= cover <= 1 for _, cover in seen)


def test_a_scene_comes_in_slowly_and_covers_the_one_before():
    script = film.scenes([4, 4])
    begins = script[1].start

    covers = [
        film.seen_at(script, begins + share * film.FADE_SECONDS)[-1] for share in (0.25, 0.75)
    ]

    assert [scene.number for scene, _ in covers] == [1, 1]
    assert [cover for _, cover in covers] == pytest.approx([0.25, 0.75])
    assert film.seen_at(script, script[0].end) == [(script[1], 1.0)]


@given(SIZES, st.integers(0, 7), st.floats(0, 1))
def test_the_camera_stays_inside_the_picture_and_keeps_the_frames_proportions(size, number, share):
    scene = film.Scene(number, 0, 4)

    box = film.camera(scene, size, share * 4)

    assert -1e-6 <= box.left < box.right <= size[0] + 1e-6
    assert -1e-6 <= box.upper < box.lower <= size[1] + 1e-6
    ratio = (box.right - box.left) / (box.lower - box.upper)
    assert ratio == pytest.approx(film.SIZE[0] / film.SIZE[1], rel=1e-6)


def test_the_camera_moves_and_its_neighbour_the_other_way():
    size = (3000, 2000)
    [in_first, in_last] = [film.camera(film.Scene(0, 0, 4), size, at) for at in (0, 4)]
    [out_first, out_last] = [film.camera(film.Scene(1, 0, 4), size, at) for at in (0, 4)]

    def wide(box: film.Box) -> float:
        return box.right - box.left

    assert wide(in_first) > wide(in_last)
    assert wide(out_first) < wide(out_last)


def test_a_title_comes_and_goes():
    assert film.title_strength(0) == 0
    assert film.title_strength(film.TITLE_SECONDS / 2) == 1
    assert film.title_strength(film.TITLE_SECONDS) == 0


@pytest.mark.parametrize(
    ("size", "fits"), [((3000, 2000), True), ((2000, 2000), False), ((2000, 3000), False)]
)
def test_tall_pictures_do_not_fill_the_frame(size, fits):
    assert film.fits(*size) is fits
