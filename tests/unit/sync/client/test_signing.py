"""Our signatures are those that AWS's own library makes."""

from datetime import UTC, datetime

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from sync.client import signing
from sync.client.signing import Keys


class Unsigned(S3SigV4Auth):
    """As boto3 does over https when there is a checksum."""

    def payload(self, request):
        return signing.UNSIGNED


AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("token", ["session", ""])
@pytest.mark.parametrize(
    ("key", "query", "headers"),
    [
        ("folders/1/2/ab", {"partNumber": "7", "uploadId": "a+b/c=="}, {"X-Amz-Meta-A": "b"}),
        ("a folder/ü~(1).jpg", {}, {"x-amz-copy-source": "/bucket/other"}),
    ],
)
def test_a_request_is_signed_as_boto3_does(monkeypatch, token, key, query, headers):
    keys = Keys("AKIA", "secret", token, "eu-central-1")
    url = signing.address("https://s3.example.org:8333/bucket", key, query)
    theirs = AWSRequest("PUT", url, headers=headers)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: AT.replace(tzinfo=None))
    Unsigned(Credentials("AKIA", "secret", token or None), "s3", "eu-central-1").add_auth(theirs)

    ours = signing.signed("PUT", url, headers, keys=keys, at=AT)

    assert ours["authorization"] == theirs.headers["Authorization"]
