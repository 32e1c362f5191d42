"""Addresses of bytes: stable within a window, alive well beyond it, and safe to follow."""

import base64
import json
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from mediashare.aws import cloudfront
from mediashare.storage import delivery

NOON = datetime(2024, 7, 1, 12, tzinfo=UTC)
WINDOW = 6 * 3600
KEY = "renditions/5f0c/image-640-v1.jpg"
PRIVATE_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(autouse=True)
def delivered_by_s3(settings):
    settings.DELIVERY = "s3"
    settings.DELIVERY_WINDOW_SECONDS = WINDOW
    settings.S3_PUBLIC_ENDPOINT_URL = "http://127.0.0.1:9000"
    settings.S3_ACCESS_KEY_ID, settings.S3_SECRET_ACCESS_KEY = "AKIAEXAMPLE", "example-secret"


@pytest.fixture
def delivered_by_cloudfront(settings):
    settings.DELIVERY = "cloudfront"
    settings.CLOUDFRONT_DOMAIN = "https://media.example.org"
    settings.CLOUDFRONT_KEY_ID = "K2EXAMPLE"
    settings.CLOUDFRONT_PRIVATE_KEY = PRIVATE_KEY.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def test_an_address_is_the_same_all_through_its_window():
    early, late, next_window = (
        delivery.rendition_url(KEY, now=NOON + timedelta(seconds=later))
        for later in (0, WINDOW - 1, WINDOW)
    )

    assert early == late
    assert late != next_window


@pytest.mark.parametrize("later", [0, 1, WINDOW // 2, WINDOW - 1])
def test_an_address_lives_at_least_half_a_window_more(later):
    now = NOON + timedelta(seconds=later)

    signed_at, expires_at = delivery.window(now)

    assert signed_at <= now
    assert expires_at - now > timedelta(seconds=WINDOW // 2)


def test_an_original_is_always_downloaded_and_never_shown():
    url = delivery.original_url("originals/a/b/original", name="<svg>.svg", now=NOON)

    query = parse_qs(urlsplit(url).query)
    assert query["response-content-type"] == ["application/octet-stream"]
    assert query["response-content-disposition"][0].startswith("attachment;")


def test_a_name_cannot_smuggle_a_header_into_the_answer():
    url = delivery.original_url("originals/a/b/original", name="a\r\nSet-Cookie: b", now=NOON)

    [disposition] = parse_qs(urlsplit(url).query)["response-content-disposition"]
    assert disposition == 'attachment; filename="aSet-Cookie: b"'


@pytest.mark.usefixtures("delivered_by_cloudfront")
class TestCloudFront:
    def test_a_rendition_is_served_until_its_address_dies(self):
        url = delivery.rendition_url(KEY, now=NOON)

        _, expires_at = delivery.window(NOON)
        assert admits(url, at=expires_at - timedelta(seconds=1))
        assert not admits(url, at=expires_at)

    def test_an_original_is_served_with_its_name(self):
        url = delivery.original_url("originals/a/b/original", name="é.jpg", now=NOON)

        assert admits(url, at=NOON)
        assert "attachment" in parse_qs(urlsplit(url).query)["response-content-disposition"][0]

    def test_one_signature_serves_all_renditions_of_a_blob_and_no_others(self):
        url = delivery.rendition_url(KEY, now=NOON)

        assert admits(url.replace("image-640", "image-320"), at=NOON)
        assert not admits(url.replace("5f0c", "5f0d"), at=NOON)

    def test_a_tampered_policy_is_refused(self):
        url = delivery.rendition_url(KEY, now=NOON)
        policy = parse_qs(urlsplit(url).query)["Policy"][0]
        forged = in_cloudfront_base64(decoded(policy).replace(b"renditions", b"*"))

        with pytest.raises(InvalidSignature):
            admits(url.replace(policy, forged), at=NOON)

    def test_cookies_carry_the_same_policy(self):
        _, expires_at = delivery.window(NOON)
        prefix = "https://media.example.org/renditions/5f0c/"

        cookies = cloudfront.signed_cookies(prefix=prefix, expires_at=expires_at)

        query = "&".join(f"{name.removeprefix('CloudFront-')}={cookies[name]}" for name in cookies)
        assert admits(f"{prefix}image-320-v1.jpg?{query}", at=NOON)

    def test_a_key_may_stand_on_one_line_of_an_environment_file(self, settings):
        settings.CLOUDFRONT_PRIVATE_KEY = settings.CLOUDFRONT_PRIVATE_KEY.replace("\n", "\\n")

        assert admits(delivery.rendition_url(KEY, now=NOON), at=NOON)


def admits(url: str, *, at: datetime) -> bool:
    """Whether CloudFront would serve this. Raises InvalidSignature for a forged policy.

    It checks the signature of the policy, then the address without its own three
    parameters against the policy's resource, then the time.
    """
    bare, _, query = url.partition("?")
    given = parse_qs(query)
    policy = decoded(given["Policy"][0])
    PRIVATE_KEY.public_key().verify(
        decoded(given["Signature"][0]), policy, padding.PKCS1v15(), hashes.SHA1()
    )
    [statement] = json.loads(policy)["Statement"]
    own = ("Policy=", "Signature=", "Key-Pair-Id=")
    rest = "&".join(part for part in query.split("&") if not part.startswith(own))
    asked = f"{bare}?{rest}" if rest else bare
    expires = statement["Condition"]["DateLessThan"]["AWS:EpochTime"]
    return fnmatchcase(asked, statement["Resource"]) and at.timestamp() < expires


def decoded(text: str) -> bytes:
    return base64.b64decode(text.translate(str.maketrans("-_~", "+=/")))


def in_cloudfront_base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode().translate(str.maketrans("+=/", "-_~"))
