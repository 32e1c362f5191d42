"""How renditions are written: by django-storages, with requests like all others of ours."""

from typing import BinaryIO, cast

import boto3
from django.core.files import File
from storages.backends.s3 import S3Storage

from mediashare.aws import direct
from mediashare.aws.client import expect_breaks

# From here on several parts at once are faster.
LARGE_BYTES = 8 * 2**20
HEADERS = {"ContentType": "Content-Type", "CacheControl": "Cache-Control"}


class Renditions(S3Storage):
    """The storage of django-storages; it has no options for what is changed here."""

    def _create_session(self) -> boto3.Session:
        session: boto3.Session = super()._create_session()
        expect_breaks(session.events)
        return session

    def _save(self, name: str, content: "File[bytes]") -> str:
        """As its parent does, which makes a manager of transfers with its threads for each file."""
        if content.size > LARGE_BYTES:
            return str(super()._save(name, content))
        parameters = self._get_write_parameters(name, content)
        direct.put(
            endpoint_url=self.endpoint_url or "",
            bucket=self.bucket_name,
            key=name,
            body=cast("BinaryIO", content),
            headers={HEADERS[each]: value for each, value in parameters.items()},
        )
        return name
