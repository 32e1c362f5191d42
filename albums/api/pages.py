"""The natural order of each list in the API."""

from mediashare.api.pagination import NewestFirst


class LastTakenFirst(NewestFirst):
    ordering = ("-taken_at", "-id")


class LastDeletedFirst(NewestFirst):
    ordering = ("-deleted_at", "-id")


class LastChangedFirst(NewestFirst):
    ordering = ("-changed_at", "-id")


class LastFoundFirst(NewestFirst):
    ordering = ("-found_at", "-id")


class AlbumOrder(NewestFirst):
    ordering = ("position", "id")


class LastMadeFirst(NewestFirst):
    ordering = ("-created_at", "-id")
