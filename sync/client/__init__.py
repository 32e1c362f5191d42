"""The shell on a person's computer: it observes, asks the planner, and does what was planned.

To be read in this order: `ports`, `state`, `scan`, `apply`, `engine`. Nothing here imports Django.
"""

import os

# The allocator of the HTTP client asks for huge pages, of which each of many threads then has some
# of its own, mostly empty. It reads this once, when it is loaded.
os.environ.setdefault("MIMALLOC_ALLOW_THP", "0")
