"""How many requests to AWS an upload and its processing may take, and what that allows a second.

The numbers are no wishes: `tests/app/uploads/test_request_budget.py` counts them at the real
servers of the one-machine stack, and fails when they differ.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Requests:
    """By what AWS asks for them: S3's dear ones (PUT, POST, LIST), its cheap ones (GET, HEAD), and
    those to STS, which cost nothing and are few a second."""

    sts: int = 0
    dear: int = 0
    cheap: int = 0

    def __add__(self, other: "Requests") -> "Requests":
        return Requests(self.sts + other.sts, self.dear + other.dear, self.cheap + other.cheap)


# One file of one part, by UPLOAD_METHOD: what client and service ask for from begin to complete.
UPLOAD = {"sts": Requests(sts=1, dear=4, cheap=1), "presigned": Requests(dear=1, cheap=1)}
# Each further part of a large file.
PART = Requests(dear=1)
# A worker looks at the beginning of a photo, fetches it, and stores four pictures.
PHOTO = Requests(dear=4, cheap=2)
# A small file of a synced folder: its computer stores it by a signed address. For all files of a
# commit the service asks for one list.
SYNCED, COMMIT = Requests(dear=1), Requests(dear=1)
# Queries to PostgreSQL, from begin to complete.
QUERIES = {"sts": 47, "presigned": 50}
# Requests to the service itself: begin and complete; addresses of parts are asked for in between.
ASKED = {"sts": 2, "presigned": 3}
