"""Messages that Amazon SNS posts to us: proven to be from one of our topics, then read.

Anybody may post anything here, and anybody can have a topic. So the topic is compared before a
request goes out, the certificate comes from SNS of that topic's region alone, and nothing of a
message counts before its signature does.
https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
"""

import json
import re
from base64 import b64decode
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import urllib3
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from mediashare.aws.client import Unavailable

TOPIC = re.compile(r"arn:aws(?:-[a-z-]+)?:sns:([a-z0-9-]+):\d{12}:[\w.-]{1,256}", re.ASCII)
SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": (
        *("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    ),
}
SIGNED["UnsubscribeConfirmation"] = SIGNED["SubscriptionConfirmation"]
HASHES: dict[str, type[hashes.HashAlgorithm]] = {"1": hashes.SHA1, "2": hashes.SHA256}
PATIENCE = urllib3.Timeout(connect=3, read=10)
LARGEST_ANSWER = 64 * 1024


class NotFromSns(Exception):
    """It is no message of SNS, of none of these topics, or somebody changed it."""


@dataclass(frozen=True)
class Message:
    """A message that SNS signed. Only what confirms a subscription has a `subscribe_url`."""

    kind: str
    text: str
    sent_at: datetime
    subscribe_url: str


def read(body: bytes, *, topics: Collection[str], now: datetime) -> Message:
    """A message of one of these topics. Raises NotFromSns, and Unavailable: SNS sends it again."""
    said = _parsed(body)
    region = _region(said, topics)
    url = said.get("SigningCertURL", "")
    if not re.fullmatch(_certificate_urls(region), url):
        raise NotFromSns("The certificate is not at SNS.")
    _check(said, _certificate(url), now)
    return Message(
        said["Type"], said["Message"], _moment(said["Timestamp"]), said.get("SubscribeURL", "")
    )


def confirm(message: Message) -> None:
    """Say that the topic may post here. Raises NotFromSns and Unavailable."""
    if not re.fullmatch(
        r"https://sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/\?\S+", message.subscribe_url
    ):
        raise NotFromSns("The subscription is not confirmed at SNS.")
    fetch(message.subscribe_url)


def fetch(url: str) -> bytes:
    """What is at an address of SNS. Raises Unavailable."""
    try:
        answer = urllib3.request("GET", url, redirect=False, retries=False, timeout=PATIENCE)
    except urllib3.exceptions.HTTPError as error:
        raise Unavailable(f"SNS does not answer: {error}") from error
    if answer.status != 200 or len(answer.data) > LARGEST_ANSWER:
        raise Unavailable(f"SNS answers {answer.status}")
    return bytes(answer.data)


def signed_words(said: Mapping[str, str]) -> bytes:
    """What a signature is over: some fields, each with its name before it."""
    names = [name for name in SIGNED[said["Type"]] if name in said]
    return "".join(f"{name}\n{said[name]}\n" for name in names).encode()


def _parsed(body: bytes) -> dict[str, str]:
    try:
        found: Any = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotFromSns("It is no JSON.") from error
    is_flat = isinstance(found, dict) and all(isinstance(each, str) for each in found.values())
    if not is_flat or found.get("Type") not in SIGNED:
        raise NotFromSns("It is no message of a kind that SNS sends.")
    if missing := {"Message", "MessageId", "Timestamp", "TopicArn", "Signature"} - found.keys():
        raise NotFromSns(f"It lacks {', '.join(sorted(missing))}.")
    return dict(found)


def _region(said: Mapping[str, str], topics: Collection[str]) -> str:
    topic = TOPIC.fullmatch(said["TopicArn"])
    if topic is None or said["TopicArn"] not in topics:
        raise NotFromSns("It is of no topic of ours.")
    return topic[1]


def _certificate_urls(region: str) -> str:
    return rf"https://sns\.{region}\.amazonaws\.com(\.cn)?/SimpleNotificationService-[0-9a-f]+\.pem"


@cache
def _certificate(url: str) -> x509.Certificate:
    """Its address names one certificate for ever; what fails is not kept."""
    try:
        return x509.load_pem_x509_certificate(fetch(url))
    except ValueError as error:
        raise NotFromSns("There is no certificate at that address.") from error


def _check(said: Mapping[str, str], certificate: x509.Certificate, now: datetime) -> None:
    key = certificate.public_key()
    algorithm = HASHES.get(said.get("SignatureVersion", ""))
    if not isinstance(key, rsa.RSAPublicKey) or algorithm is None:
        raise NotFromSns("It is signed in a way that is not known here.")
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise NotFromSns("The certificate is not valid now.")
    try:
        signature = b64decode(said["Signature"], validate=True)
        key.verify(signature, signed_words(said), padding.PKCS1v15(), algorithm())
    except (ValueError, InvalidSignature) as error:
        raise NotFromSns("The signature is not of this message.") from error


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise NotFromSns("It was sent at no time.") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)
