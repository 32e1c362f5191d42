"""Three computers that keep one folder equal while they and the service are killed at random.

`plan` says what is done when, from a seed; `person` works on files and keeps exact books of what
was made and given up; `computer` is one real client; `truth` is what must hold in the end;
`rounds` one whole round.
"""

import pytest

pytest.register_assert_rewrite(f"{__name__}.truth")
