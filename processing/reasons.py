"""Why a file could not be processed, in words for people. The only place for such words."""

KEPT = "The original is kept and can be downloaded."

ENDS_EARLY = f"This file is damaged: the picture ends early. {KEPT}"
DAMAGED = f"This file is damaged and cannot be read. {KEPT}"
VIDEO_ENDS_EARLY = f"This video is damaged: it ends early. {KEPT}"
VIDEO_DAMAGED = f"This video is damaged or incomplete and cannot be played. {KEPT}"
PIECES_DIFFER = f"The pieces that were made of this video do not fit together. {KEPT}"
SIZES_MISSING = f"This video plays, but not all of its sizes could be made. {KEPT}"
SOUND_ENDS_EARLY = f"This sound is damaged: it ends early. {KEPT}"
SOUND_DAMAGED = f"This sound is damaged and cannot be played. {KEPT}"
MOTION_DAMAGED = f"What moves in this photo is damaged and cannot be played. {KEPT}"
NO_PICTURE = f"There is no picture in this file. {KEPT}"
NOT_MEDIA = f"This is not a photo, video or sound that can be shown here. {KEPT}"
TOO_MANY_PIXELS = f"This picture is too large to be shown. {KEPT}"
TOO_LONG = f"This animation is too long to be shown. {KEPT}"
TOO_MUCH_MEMORY = f"This file needs too much memory to be shown. {KEPT}"
TOOK_TOO_LONG = f"This file takes too long to prepare. {KEPT}"
NOTHING_FOR_FILM = "There was no photo or video that a film could be made of. Choose others."
NO_ROOM_FOR_FILM = "There is not enough room left for the film. Make some, then try again."
EMPTY = "This file is empty."
DUPLICATE = "This file is in your library already."
CHANGED = "The file changed after it was uploaded, so it is not shown. Please upload it again."
MISSING = "The original is no longer in the store. Please upload it again."
WORKER_DIED = f"This file stopped the program that prepares it, again and again. {KEPT}"
CANCELLED = f"Preparing this was cancelled. {KEPT}"
OUR_FAULT = f"Something went wrong on our side while preparing this file. {KEPT}"

ARCHIVE_TOO_LARGE = "This archive would be larger than a file can be. Please choose less at once."
ARCHIVE_TOO_LARGE_FOR_VISITORS = (
    "This is larger than what a link gives as one ZIP. Please choose its parts one by one."
)
FOLDER_IS_CLOSED = "This folder is not open to you any more. Ask its owner to let you in."
ALBUM_CHANGED = "The album changed before this archive was made. Please try again."
MORE_PLACES_KNOWN = (
    "This archive was begun when less was known of places in files. Please try again from the "
    "page of the link."
)
NOTHING_TO_ARCHIVE = "There is nothing left to put into this archive. Choose something else."
PLACE_STAYS = (
    "This file may say where it was taken in a way that cannot be removed, so it is not given "
    "away. Ask its owner for it."
)
BYTES_ARE_GONE = "Its bytes are no longer in the store."


# All of the above. A child that read a hostile file may say nothing else to people.
WORDS = frozenset(words for name, words in list(globals().items()) if name.isupper())


class Refused(Exception):
    """This file cannot be processed, and trying again would not help."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail
