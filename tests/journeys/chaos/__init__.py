"""Faults at random moments, done to two real workers and the servers around them.

`plan` says which faults, from a seed; `batch` what is uploaded; `wishes` what is asked for of it
later; `fleet` the workers; `site` the stack; `faults` how each fault is done; `invariants` what
must hold in the end; `rounds` one whole round.
"""

import pytest

pytest.register_assert_rewrite(f"{__name__}.invariants")
