"""One server of one's own: its units, run as systemd would run them."""
