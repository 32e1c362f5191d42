"""Commands of file sync's service."""
