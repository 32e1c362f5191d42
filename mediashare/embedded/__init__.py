"""The one-machine stack: starts, watches and stops real servers beside the service itself."""
