"""The admin's pages of jobs, of what they made, of workers, and of messages that nobody took."""

from processing.admin import jobs, made, workers

__all__ = ["jobs", "made", "workers"]
