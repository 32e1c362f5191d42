"""Mail to members about what the others changed: gathered, sent once, and easily ended."""
