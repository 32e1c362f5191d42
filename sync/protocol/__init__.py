"""What client and service say to each other, and by which rules a change is taken. Pure.

No disk, network, clock, log or chance here. To be read in this order: `messages`, `rules`,
`excerpt`, `transfers`. `docs/sync.md` says the same in prose, with examples.
"""
