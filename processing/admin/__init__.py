"""The admin's pages of jobs, of what they made, and of messages that nobody could take."""

from processing.admin import jobs, made

__all__ = ["jobs", "made"]
