"""What SNS signs is read; anything else is not."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from mediashare.aws import sns
from mediashare.aws.client import Unavailable

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TOPIC = "arn:aws:sns:eu-west-1:123456789012:mail"
SNS = "https://sns.eu-west-1.amazonaws.com"
CERTIFICATE = f"{SNS}/SimpleNotificationService-0123456789abcdef.pem"


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(autouse=True)
def fetched(key, monkeypatch):
    """Addresses that were asked; SNS has a certificate at one of them."""
    asked = []

    def fetch(url):
        asked.append(url)
        return _certificate(key)

    sns._certificate.cache_clear()
    monkeypatch.setattr(sns, "fetch", fetch)
    yield asked
    sns._certificate.cache_clear()


def _certificate(key):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM)


def test_what_is_nested_without_end_is_no_message():
    with pytest.raises(sns.NotFromSns):
        sns.read(b"[" * 100_000, topics=[TOPIC], now=NOW)


def posted(key, **changed):
    """The body of a message as SNS posts it, signed; what is changed is signed too."""
    said = {
        "Type": "Notification",
        "MessageId": "5c3e",
        "TopicArn": TOPIC,
        "Message": "hello",
        "Timestamp": "2026-11-24T12:00:00.000Z",
        "SignatureVersion": "2",
        "SigningCertURL": CERTIFICATE,
        "UnsubscribeURL": f"{SNS}/?Action=Unsubscribe",
        **changed,
    }
    algorithm = hashes.SHA1() if said["SignatureVersion"] == "1" else hashes.SHA256()
    signature = key.sign(sns.signed_words(said), padding.PKCS1v15(), algorithm)
    return {**said, "Signature": b64encode(signature).decode()}


def read(said, *, topics=(TOPIC,), now=NOW):
    return sns.read(json.dumps(said).encode(), topics=topics, now=now)


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_signed_message_is_read(key, version):
    message = read(posted(key, SignatureVersion=version))

    assert (message.kind, message.text, message.sent_at) == ("Notification", "hello", NOW)


def test_a_subject_is_signed_where_there_is_one(key):
    said = posted(key, Subject="Amazon SES")

    assert read(said).text == "hello"
    with pytest.raises(sns.NotFromSns):
        read({**said, "Subject": "Another"})


@pytest.mark.parametrize("field", ["Message", "MessageId", "Timestamp", "Type"])
def test_what_was_changed_on_the_way_is_not_read(key, field):
    said = posted(key)
    value = "UnsubscribeConfirmation" if field == "Type" else "2026-11-24T12:00:01.000Z"

    with pytest.raises(sns.NotFromSns):
        read({**said, field: value})


def test_a_stranger_with_a_key_of_their_own_is_not_read(key):
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    with pytest.raises(sns.NotFromSns):
        read(posted(stranger))


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem",
        "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem",
        "https://sns.eu-west-1.amazonaws.com.example.org/SimpleNotificationService-01.pem",
        "https://evil.s3.eu-west-1.amazonaws.com/SimpleNotificationService-01.pem",
        "https://sns.eu-west-1.amazonaws.com@example.org/SimpleNotificationService-01.pem",
        "https://sns.eu-west-1.amazonaws.com/bucket/SimpleNotificationService-01.pem",
        f"{CERTIFICATE}\n",
        f"{CERTIFICATE}?x=1",
        "",
    ],
)
def test_no_certificate_is_fetched_from_elsewhere(key, fetched, url):
    with pytest.raises(sns.NotFromSns):
        read(posted(key, SigningCertURL=url))

    assert fetched == []


@pytest.mark.parametrize(
    "topic", ["arn:aws:sns:eu-west-1:999999999999:mail", "", "arn:aws:sns:eu-west-1:1:mail"]
)
def test_anothers_topic_is_not_read_and_nothing_fetched(key, fetched, topic):
    with pytest.raises(sns.NotFromSns):
        read(posted(key, TopicArn=topic))

    assert fetched == []


@pytest.mark.parametrize("days", [-2, 2])
def test_a_certificate_is_good_for_its_time(key, days):
    with pytest.raises(sns.NotFromSns):
        read(posted(key), now=NOW + timedelta(days=days))


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"Type": "Notification"}', b'{"Type": 1}'])
def test_what_is_no_message_is_not_read(body):
    with pytest.raises(sns.NotFromSns):
        sns.read(body, topics=[TOPIC], now=NOW)


def test_a_signature_of_another_kind_is_not_read(key):
    with pytest.raises(sns.NotFromSns):
        read({**posted(key), "SignatureVersion": "3"})


def test_a_certificate_is_fetched_once_and_failure_is_not_kept(key, fetched, monkeypatch):
    works = sns.fetch

    def fails(url):
        raise Unavailable(url)

    monkeypatch.setattr(sns, "fetch", fails)
    with pytest.raises(Unavailable):
        read(posted(key))
    monkeypatch.setattr(sns, "fetch", works)

    read(posted(key))
    read(posted(key))

    assert fetched == [CERTIFICATE]


def test_a_subscription_is_confirmed_at_sns_and_nowhere_else(key, fetched):
    url = f"{SNS}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=233641"
    said = posted(key, Type="SubscriptionConfirmation", SubscribeURL=url, Token="233641")

    sns.confirm(read(said))
    assert fetched == [CERTIFICATE, url]

    for elsewhere in ("https://example.org/?x", "http://sns.eu-west-1.amazonaws.com/?x", ""):
        said = posted(key, Type="SubscriptionConfirmation", SubscribeURL=elsewhere, Token="233641")
        with pytest.raises(sns.NotFromSns):
            sns.confirm(read(said))
