"""A world in which everything fails, played from a seed: the client's real engine, scanner and
records on disks that tear and forget, and the service's real rules behind a network that loses,
doubles and delays."""
