"""What the distribution of the templates serves, and to whom: an edge does what they say."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from botocore.signers import CloudFrontSigner
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from mediashare.aws import cloudfront
from mediashare.storage import delivery
from tests import stacks
from tests.edge import Answer, Edge, Parameters, Request

# The first of these may have to fetch the CDK, and makes all templates.
pytestmark = [pytest.mark.xdist_group("stacks"), pytest.mark.timeout(500)]

DOMAIN, SITE = "https://media.photos.example.org", "https://photos.example.org"
NOON = datetime(2024, 7, 1, 12, tzinfo=UTC)
RENDITION, ORIGINAL = "renditions/5f0c/image-640-v1.jpg", "originals/a/b/original"


class Bytes:
    """An origin that says what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Parameters]] = []

    def __call__(self, origin: str, key: str, parameters: Parameters) -> Answer:
        self.asked.append((origin, key, parameters))
        return Answer(200, {}, f"{origin}:{key}".encode())


@pytest.fixture
def origin() -> Bytes:
    return Bytes()


@pytest.fixture
def edge(origin, settings) -> Edge:
    """The edge, and the service set up to sign for it."""
    settings.DELIVERY, settings.DELIVERY_WINDOW_SECONDS = "cloudfront", 6 * 3600
    settings.CLOUDFRONT_DOMAIN, settings.CLOUDFRONT_KEY_ID = DOMAIN, "KeyFirst-Id"
    settings.CLOUDFRONT_PRIVATE_KEY = stacks.private_key("company")
    return Edge(stacks.of_size("company"), domain=DOMAIN, origin=origin)


def fetch(edge: Edge, url: str, now: datetime = NOON, **more: object) -> Answer:
    at = urlsplit(url)
    request = Request(at.path, at.query, scheme=at.scheme, **more)  # type: ignore[arg-type]
    return edge.answer(request, now=now)


def test_a_rendition_is_served_from_its_bucket_and_asked_for_once(edge, origin):
    url = delivery.rendition_url(RENDITION, now=NOON)

    assert fetch(edge, url).body == f"renditions:{RENDITION}".encode()
    later = delivery.rendition_url(RENDITION, now=NOON + timedelta(hours=7))
    again = fetch(edge, later, NOON + timedelta(hours=7))

    assert later != url
    assert again.headers["x-cache"] == "Hit from cloudfront"
    assert origin.asked == [("renditions", RENDITION, [])]


def test_an_original_is_served_under_its_name_and_kept_for_each_name(edge, origin):
    for name in ("beach.jpg", "bay.jpg", "beach.jpg"):
        assert fetch(edge, delivery.original_url(ORIGINAL, name=name, now=NOON)).status == 200

    assert [asked[:2] for asked in origin.asked] == [("originals", ORIGINAL)] * 2
    names = [dict(asked[2])["response-content-disposition"] for asked in origin.asked]
    assert names == ['attachment; filename="beach.jpg"', 'attachment; filename="bay.jpg"']


def test_whatever_type_is_asked_for_no_script_of_a_stranger_runs(edge, origin):
    url = delivery.original_url(ORIGINAL, name="beach.jpg", now=NOON)

    answer = fetch(edge, url.replace("application%2Foctet-stream", "text%2Fhtml"))

    assert dict(origin.asked[-1][2])["response-content-type"] == "text/html"
    headers = answer.headers
    policy = headers["Content-Security-Policy"].split("; ")
    assert "default-src 'none'" in policy
    assert not any(rule.startswith(("script-src", "connect-src")) for rule in policy)
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("key", "bucket"),
    [("folders/f/b/notes", "originals"), ("archives/a/archive.zip", "renditions")],
)
def test_files_of_folders_and_archives_come_from_where_they_are(edge, origin, key, bucket):
    make = delivery.made_file_url if bucket == "renditions" else delivery.original_url

    assert fetch(edge, make(key, name="n", now=NOON)).body == f"{bucket}:{key}".encode()


def test_without_a_good_signature_nothing_is_served(edge, origin):
    url = delivery.rendition_url(RENDITION, now=NOON)
    bare = url.partition("?")[0]

    refused = [
        bare,
        bare.replace("renditions/5f0c/image-640-v1.jpg", "journals/f/1.json.gz"),
        url.replace("5f0c", "5f0d"),
        url.replace("/renditions/", "/originals/"),
        url.replace("KeyFirst-Id", "KeyOther-Id"),
        url.replace("Signature=", "Signature=AAAA"),
        url.replace("https://", "http://"),
    ]
    assert [fetch(edge, each).status for each in refused] == [403] * len(refused)
    assert origin.asked == []


def test_a_signature_ends(edge):
    url = delivery.rendition_url(RENDITION, now=NOON)
    _, ends_at = delivery.window(NOON)

    assert fetch(edge, url, ends_at - timedelta(seconds=1)).status == 200
    assert fetch(edge, url, ends_at).status == 403


def test_a_key_that_is_not_in_the_group_signs_for_nobody(edge, settings):
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    settings.CLOUDFRONT_PRIVATE_KEY = stranger.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()

    assert fetch(edge, delivery.rendition_url(RENDITION, now=NOON)).status == 403


def test_cookies_open_a_prefix_and_no_other(edge):
    prefix = f"{DOMAIN}/renditions/5f0c/"
    cookies = cloudfront.signed_cookies(prefix=prefix, expires_at=NOON + timedelta(hours=1))
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}

    assert fetch(edge, f"{prefix}image-320-v1.jpg", headers=headers).status == 200
    assert fetch(edge, f"{DOMAIN}/renditions/5f0d/a.jpg", headers=headers).status == 403


def test_addresses_that_aws_itself_signs_are_judged_as_cloudfront_does(edge):
    """By the signer of AWS's own library, with a policy of its own making and with ours."""
    key = serialization.load_pem_private_key(stacks.private_key("company").encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    signer = CloudFrontSigner(
        "KeyFirst-Id", lambda what: key.sign(what, padding.PKCS1v15(), hashes.SHA1())
    )
    url, ends_at = f"{DOMAIN}/{RENDITION}", NOON + timedelta(hours=1)
    policy = signer.build_policy(url, ends_at, ip_address="10.1.0.0/16")

    plain = signer.generate_presigned_url(url, date_less_than=ends_at)
    bound = signer.generate_presigned_url(url, policy=policy)

    assert fetch(edge, plain).status == 200
    assert fetch(edge, plain, ends_at).status == 403
    assert fetch(edge, bound, address="10.1.2.3").status == 200
    assert fetch(edge, bound, address="10.2.2.3").status == 403


def test_players_of_the_site_fetch_parts_and_those_of_others_cannot_read_them(edge):
    url = delivery.rendition_url(RENDITION, now=NOON)

    ours = fetch(edge, url, headers={"Range": "bytes=0-8", "Origin": SITE})
    theirs = fetch(edge, url, headers={"Origin": "https://elsewhere.example"})
    asked = fetch(edge, url.partition("?")[0], method="OPTIONS", headers={"Origin": SITE})

    assert (ours.status, ours.body) == (206, b"rendition")
    assert ours.headers["Access-Control-Allow-Origin"] == SITE
    assert "Content-Range" in ours.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Origin" not in theirs.headers
    assert (asked.status, asked.headers["Access-Control-Allow-Headers"]) == (200, "Range")


def test_nothing_is_sent_through_it(edge):
    url = delivery.rendition_url(RENDITION, now=NOON)

    assert [fetch(edge, url, method=method).status for method in ("PUT", "POST", "DELETE")] == [
        403
    ] * 3
