"""Requests are signed as AWS says, checked against its own example and against botocore."""

from datetime import UTC, datetime
from unittest.mock import patch

import boto3
import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from mediashare.aws.sigv4 import LONGEST_SECONDS, UNSIGNED, Request, Signer, presign, signed

# The example keys of AWS's own documentation; they open nothing.
EXAMPLE = Signer("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
MAY_2013 = datetime(2013, 5, 24, tzinfo=UTC)


def test_the_example_in_the_documentation_of_aws_comes_out_the_same():
    request = Request("GET", "https://examplebucket.s3.amazonaws.com", "/test.txt")

    url = presign(request, signer=EXAMPLE, signed_at=MAY_2013, seconds=86400)

    assert url.endswith(
        "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    )


KEYS = pytest.mark.parametrize("key", ["a/b.jpg", "with space/ü (1)~*.jpg", "plus+and%/percent"])
TOKENS = pytest.mark.parametrize("token", ["", "a+token/with=signs"])


@KEYS
@TOKENS
def test_botocore_signs_the_same(key, token):
    client = boto3.client(
        "s3",
        aws_access_key_id=EXAMPLE.access_key_id,
        aws_secret_access_key=EXAMPLE.secret_access_key,
        aws_session_token=token or None,
        region_name="eu-west-1",
        endpoint_url="http://127.0.0.1:9000",
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
    )
    wanted = {"Bucket": "bucket", "Key": key, "ResponseContentDisposition": 'attachment; a="b c"'}
    with patch("botocore.auth.get_current_datetime", return_value=MAY_2013.replace(tzinfo=None)):
        theirs = client.generate_presigned_url("get_object", wanted, ExpiresIn=600)

    query = {"response-content-disposition": 'attachment; a="b c"'}
    request = Request("GET", "http://127.0.0.1:9000", f"/bucket/{key}", query)
    signer = Signer(EXAMPLE.access_key_id, EXAMPLE.secret_access_key, token, "eu-west-1")
    ours = presign(request, signer=signer, signed_at=MAY_2013, seconds=600)

    assert _signature(ours) == _signature(theirs)


class Theirs(S3SigV4Auth):
    def payload(self, request: AWSRequest) -> str:
        return UNSIGNED


@KEYS
@TOKENS
def test_botocore_signs_the_same_headers(key, token):
    request = Request(
        "GET", "http://127.0.0.1:9000", f"/bucket/{key}", {"partNumber": "1"}, {"If-Match": "x"}
    )
    signer = Signer(EXAMPLE.access_key_id, EXAMPLE.secret_access_key, token, "eu-west-1")

    url, headers = signed(request, signer=signer, signed_at=MAY_2013)

    theirs = AWSRequest("GET", url, headers={"if-match": "x"})
    keys = Credentials(signer.access_key_id, signer.secret_access_key, token or None)
    with patch("botocore.auth.get_current_datetime", return_value=MAY_2013.replace(tzinfo=None)):
        Theirs(keys, "s3", "eu-west-1").add_auth(theirs)
    assert headers == {name.lower(): text for name, text in theirs.headers.items()}


def test_no_address_wants_to_live_longer_than_s3_allows():
    request = Request("GET", "https://example.org", "/key")

    url = presign(request, signer=EXAMPLE, signed_at=MAY_2013, seconds=LONGEST_SECONDS + 1)

    assert f"X-Amz-Expires={LONGEST_SECONDS}&" in url


def test_secrets_do_not_show_when_a_signer_is_printed():
    assert EXAMPLE.secret_access_key not in repr(EXAMPLE)


def _signature(url):
    return url.partition("X-Amz-Signature=")[2].partition("&")[0]
