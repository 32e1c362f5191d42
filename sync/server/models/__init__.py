"""Rows of file sync: who is in a folder, what bytes it holds, what was asked for, its journal."""

from sync.server.models.acts import Act
from sync.server.models.copies import JournalCopy
from sync.server.models.folders import Folder, Member
from sync.server.models.history import HistoryEnd
from sync.server.models.holdings import FolderBlob, Incoming
from sync.server.models.journal import JournalEntry, JournalHead, JournalLine
from sync.server.models.people import FolderEvent, Invitation
from sync.server.models.shares import FolderLink

__all__ = [
    "Act",
    "Folder",
    "FolderBlob",
    "FolderEvent",
    "FolderLink",
    "HistoryEnd",
    "Incoming",
    "Invitation",
    "JournalCopy",
    "JournalEntry",
    "JournalHead",
    "JournalLine",
    "Member",
]
