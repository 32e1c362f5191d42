"""Rows of file sync: who is in a folder, what bytes it holds, and its journal in PostgreSQL."""

from sync.server.models.folders import Folder, Member
from sync.server.models.holdings import FolderBlob, Incoming
from sync.server.models.journal import JournalEntry, JournalHead, JournalLine

__all__ = [
    "Folder",
    "FolderBlob",
    "Incoming",
    "JournalEntry",
    "JournalHead",
    "JournalLine",
    "Member",
]
