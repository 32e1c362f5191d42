"""How renditions are written: by django-storages, with requests like all others of ours."""

import boto3
from storages.backends.s3 import S3Storage

from mediashare.aws.client import expect_breaks


class Renditions(S3Storage):
    """The storage of django-storages; it has no option for what is changed here."""

    def _create_session(self) -> boto3.Session:
        session: boto3.Session = super()._create_session()
        expect_breaks(session.events)
        return session
