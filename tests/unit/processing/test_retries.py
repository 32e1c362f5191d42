"""How long a job waits before it is tried again."""

import pytest

from processing.recipes.retries import LONGEST_SECONDS, delay_seconds


@pytest.mark.parametrize(
    ("times", "seconds"), [(0, 5), (1, 10), (2, 20), (6, 320), (7, 600), (1000, 600)]
)
def test_the_wait_doubles_up_to_ten_minutes(times, seconds):
    assert delay_seconds(5, times) == seconds


def test_no_wait_is_longer_than_the_longest():
    assert max(delay_seconds(1, times) for times in range(100)) == LONGEST_SECONDS
