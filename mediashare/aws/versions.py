"""Earlier versions of objects, in a bucket that keeps them. Deletes markers, and never bytes."""

from mediashare.aws.client import calling
from mediashare.aws.s3 import s3


def bring_back(*, bucket: str, key: str) -> bool:
    """Have the newest version of a deleted object again; False when there is none.

    Of an object that is there nothing changes.
    """
    with calling("bring back"):
        found = s3().list_object_versions(Bucket=bucket, Prefix=key)
        if not any(each["Key"] == key for each in found.get("Versions", [])):
            return False
        for marker in found.get("DeleteMarkers", []):
            if marker["Key"] == key:
                s3().delete_object(Bucket=bucket, Key=key, VersionId=marker["VersionId"])
    return True
