"""Decide what must happen so that a folder and its remote copy agree. Pure.

No disk, network, clock, log or chance here: what was seen comes in as values, what shall be done
goes out as values. To be read in this order: `tree`, `focus`, `merge`, `disk`, `transform`, `plan`.
"""
