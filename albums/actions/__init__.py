"""What people do with items, albums and share links. Each function is one transaction.

Nobody is asked here whether they may: callers find rows with `visible_to` first. What is
given by id is looked for among the owner's own things only.
"""

from albums.actions.albums import (
    ItemNotInAlbum,
    add_to_album,
    create_album,
    edit_album,
    move_in_album,
    remove_from_album,
    set_cover,
)
from albums.actions.corrections import (
    DateIsImpossible,
    correct_place,
    correct_words,
    set_date,
    shift_dates,
    take_back,
    undo_correction,
)
from albums.actions.duplicates import merge_items
from albums.actions.films import MOST_SCENES, FilmWish, music_of, request_film, take_film
from albums.actions.items import add_item, note_many_processed, note_processed, rename_item
from albums.actions.shares import note_view, revoke_share, share_album
from albums.actions.similar import Kept, NotInGroup, keep_best, stack_group, tell_apart
from albums.actions.stacks import show_instead, stack_items, stack_live_photo, unstack
from albums.actions.succession import Succession, give_places_back
from albums.actions.trash import (
    delete_forever,
    restore_album,
    restore_items,
    trash_album,
    trash_items,
)

__all__ = [
    "MOST_SCENES",
    "DateIsImpossible",
    "FilmWish",
    "ItemNotInAlbum",
    "Kept",
    "NotInGroup",
    "Succession",
    "add_item",
    "add_to_album",
    "correct_place",
    "correct_words",
    "create_album",
    "delete_forever",
    "edit_album",
    "give_places_back",
    "keep_best",
    "merge_items",
    "move_in_album",
    "music_of",
    "note_many_processed",
    "note_processed",
    "note_view",
    "remove_from_album",
    "rename_item",
    "request_film",
    "restore_album",
    "restore_items",
    "revoke_share",
    "set_cover",
    "set_date",
    "share_album",
    "shift_dates",
    "show_instead",
    "stack_group",
    "stack_items",
    "stack_live_photo",
    "take_back",
    "take_film",
    "tell_apart",
    "trash_album",
    "trash_items",
    "undo_correction",
    "unstack",
]
