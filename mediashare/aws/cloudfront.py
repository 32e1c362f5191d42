"""CloudFront's signed addresses and cookies, by a policy that covers a whole prefix.

One RSA signature takes most of a millisecond, so it is made once for a prefix and an expiry
and then kept. Nothing here reads a clock or the network.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-custom-policy.html
"""

import base64
import json
from datetime import datetime
from functools import cache, lru_cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

# Prefixes whose signature is kept; an entry is about a kilobyte.
SIGNATURES_KEPT = 8192


def signed_url(url: str, *, prefix: str, expires_at: datetime) -> str:
    """An address that CloudFront serves until `expires_at`; `url` begins with `prefix`."""
    policy, signature, key_id = _signed(f"{prefix}*", int(expires_at.timestamp()))
    joint = "&" if "?" in url else "?"
    return f"{url}{joint}Policy={policy}&Signature={signature}&Key-Pair-Id={key_id}"


def signed_cookies(*, prefix: str, expires_at: datetime) -> dict[str, str]:
    """Cookies with which CloudFront serves everything below a prefix until `expires_at`."""
    policy, signature, key_id = _signed(f"{prefix}*", int(expires_at.timestamp()))
    return {
        "CloudFront-Policy": policy,
        "CloudFront-Signature": signature,
        "CloudFront-Key-Pair-Id": key_id,
    }


def _signed(resource: str, expires: int) -> tuple[str, str, str]:
    return _signed_with(
        resource, expires, settings.CLOUDFRONT_KEY_ID, settings.CLOUDFRONT_PRIVATE_KEY
    )


@lru_cache(maxsize=SIGNATURES_KEPT)
def _signed_with(resource: str, expires: int, key_id: str, pem: str) -> tuple[str, str, str]:
    condition = {"DateLessThan": {"AWS:EpochTime": expires}}
    statement = {"Statement": [{"Resource": resource, "Condition": condition}]}
    policy = json.dumps(statement, separators=(",", ":")).encode()
    # CloudFront takes SHA-1 from RSA keys, and nothing else.
    signature = _private_key(pem).sign(policy, PKCS1v15(), hashes.SHA1())  # noqa: S303
    return _for_url(policy), _for_url(signature), key_id


@cache
def _private_key(pem: str) -> RSAPrivateKey:
    # Environment files hold a key on one line.
    key = load_pem_private_key(pem.replace("\\n", "\n").encode(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise ImproperlyConfigured("CLOUDFRONT_PRIVATE_KEY must be an RSA key in PEM.")
    return key


def _for_url(raw: bytes) -> str:
    """Base64 with CloudFront's own three replacements."""
    return base64.b64encode(raw).decode().translate(str.maketrans("+=/", "-_~"))
