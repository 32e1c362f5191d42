"""Clients for AWS, or for whatever speaks its protocol, and its errors in our words.

Clients are made when first needed and then shared: they are safe between threads. Nothing
here knows which request is made.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError, IncompleteReadError
from botocore.exceptions import ConnectionError as BotoConnectionError
from botocore.handlers import add_expect_header
from botocore.hooks import BaseEventHooks
from django.conf import settings
from urllib3.exceptions import HTTPError


class NotFound(Exception):
    """There is no such bucket, key or multipart upload."""


class AlreadyThere(Exception):
    """The key is taken, and the request was made on condition that it is not."""


class Refused(Exception):
    """The credentials do not allow this request."""


class Rejected(Exception):
    """The request itself is wrong, as parts that are not there or a digest that differs."""


class Unavailable(Exception):
    """The service did not answer, or said that it cannot now. Asking later may help."""


CONNECT_SECONDS = 3
# S3 may take long to join 10,000 parts, but it sends a space now and then.
READ_SECONDS = 60
MISSING = {"404", "NoSuchKey", "NoSuchUpload", "NoSuchBucket", "NotFound"}
BUSY = {"ConditionalRequestConflict", "OperationAborted", "RequestTimeout", "SlowDown"} | {
    # DynamoDB says these with status 400.
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "TransactionInProgressException",
}


def client(service: str, *, endpoint_url: str) -> Any:
    """The shared client of a service; an empty endpoint means AWS itself."""
    return _client(
        service,
        endpoint_url,
        settings.S3_REGION,
        settings.S3_ACCESS_KEY_ID,
        settings.S3_SECRET_ACCESS_KEY,
    )


@cache
def _client(service: str, endpoint_url: str, region: str, key_id: str, secret: str) -> Any:
    config = Config(
        signature_version="s3v4" if service == "s3" else None,
        s3={"addressing_style": "path"} if endpoint_url else None,
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": 4},
        max_pool_connections=32,
    )
    made = boto3.client(
        service,  # type: ignore[call-overload]  # The stubs want one overload for each literal.
        endpoint_url=endpoint_url or None,
        region_name=region,
        aws_access_key_id=key_id or None,
        aws_secret_access_key=secret or None,
        config=config,
    )
    expect_breaks(made.meta.events)
    return made


def expect_breaks(events: BaseEventHooks) -> None:
    """Have a client of S3 neither wait for an answer that broke off, nor take it for a whole one.

    While botocore reads the answer to `Expect: 100-continue`, a connection that breaks off has it
    wait for ever, and other odd answers for a minute
    (https://github.com/boto/botocore/issues/3755).
    """
    events.unregister("before-call.s3", add_expect_header)
    events.register("before-parse.s3", _refuse_half_a_head)


def _refuse_half_a_head(response_dict: dict[str, Any], **_: object) -> None:
    """Python takes a head that breaks off for one that has ended: without a length, an object
    would be empty, and a list too."""
    head = response_dict["headers"]
    is_whole = "Content-Length" in head or "Transfer-Encoding" in head
    if response_dict["status_code"] in {200, 206} and not is_whole:
        raise Unavailable("the head of an answer broke off")


@contextmanager
def calling(what: str) -> Iterator[None]:
    """Turn the errors of one request into ours. `what` names it for the log."""
    try:
        yield
    # Of an error's words that break off botocore passes on what urllib3 says.
    except (HTTPClientError, BotoConnectionError, IncompleteReadError, HTTPError) as error:
        raise Unavailable(f"{what}: {error}") from error
    except ClientError as error:
        raise _in_our_words(error)(f"{what}: {error}") from error


def _in_our_words(error: ClientError) -> type[Exception]:
    code = error.response.get("Error", {}).get("Code", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in MISSING:
        return NotFound
    if status == 412:
        return AlreadyThere
    if status >= 500 or status == 429 or code in BUSY:
        return Unavailable
    return Refused if status in {401, 403} else Rejected
