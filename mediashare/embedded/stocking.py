"""Make the buckets that the stack needs, with the key of whoever may."""

from collections.abc import Sequence

from mediashare.embedded import environment
from mediashare.embedded.home import Memory

ORIGINALS = "mediashare-originals"
RENDITIONS = "mediashare-renditions"


def make_buckets(
    memory: Memory,
    *,
    originals: Sequence[str],
    renditions: Sequence[str],
    origins: Sequence[str],
) -> None:
    """Have these buckets, for pages of these origins. Asking again is harmless."""
    # boto3 takes a second to load; where the stack starts, the servers come up in that time.
    from mediashare.aws import buckets  # noqa: PLC0415

    store = buckets.Store(
        endpoint_url=f"http://127.0.0.1:{memory.ports['s3']}",
        region=environment.REGION,
        access_key=memory.secrets["s3_admin_key"],
        secret_key=memory.secrets["s3_admin_secret"],
    )
    for names, methods in ((originals, buckets.READ_AND_SEND), (renditions, buckets.READ)):
        for name in names:
            buckets.make_bucket(store, name, origins=origins, methods=methods)
