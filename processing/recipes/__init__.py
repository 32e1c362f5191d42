"""What to make of a file, and with which arguments. Pure: no disk, network, clock or settings."""
