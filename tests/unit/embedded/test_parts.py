"""How long a part that dies must wait."""

import pytest

from mediashare.embedded.parts import restart_delay


@pytest.mark.parametrize(
    ("deaths", "seconds"), [(1, 0.5), (2, 1), (3, 2), (4, 4), (6, 16), (7, 30), (50, 30)]
)
def test_the_wait_doubles_with_each_death_up_to_half_a_minute(deaths, seconds):
    assert restart_delay(deaths) == seconds
