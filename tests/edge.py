"""An edge as CloudFront is one: it does what a template says of a distribution, and nothing else.

Behaviours, keys, cache policies and headers are read from the template; signatures, policies and
cookies are checked as CloudFront documents it. Bytes come from an origin that is given.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PrivateContent.html
"""

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http.cookies import SimpleCookie
from ipaddress import ip_address, ip_network
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from tests.stacks import Stacks

# Parameters of CloudFront's own, which no origin and no policy sees.
OWN = ("Expires", "Policy", "Signature", "Key-Pair-Id")
Parameters = list[tuple[str, str]]


class Refused(Exception):
    """No signature, or none that is good for this, here, now."""


@dataclass(frozen=True)
class Request:
    """What a viewer asks for. `query` is as it stands in the address."""

    path: str
    query: str = ""
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    address: str = "127.0.0.1"
    scheme: str = "https"


class Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes = b""


# Of which origin, which key, with which parameters.
Origin = Callable[[str, str, Parameters], Answer]


class Edge:
    """One distribution at one address, as `https://media.example.org`."""

    def __init__(self, stacks: Stacks, *, domain: str, origin: Origin) -> None:
        self._resources = stacks.templates["delivery"]["Resources"]
        (found,) = stacks.find("CloudFront::Distribution")
        self._config = found["DistributionConfig"]
        self._domain, self._origin = domain, origin
        self._kept: dict[tuple[str, str, tuple[tuple[str, str], ...]], Answer] = {}

    def answer(self, request: Request, *, now: datetime) -> Answer:
        behaviour = self._behaviour(request.path)
        if behaviour["ViewerProtocolPolicy"] == "https-only" and request.scheme != "https":
            return Answer(403, {})
        if request.method not in behaviour["AllowedMethods"]:
            return Answer(403, {})
        headers = self._headers(behaviour, request)
        if request.method == "OPTIONS":
            return Answer(200, headers)
        try:
            self._admit(behaviour, request, now)
        except (Refused, InvalidSignature, ValueError, KeyError) as error:
            return Answer(403, {**headers, "x-refused": repr(error)})
        found = self._fetched(behaviour, request)
        return found._replace(headers={**found.headers, **headers})

    def _behaviour(self, path: str) -> Mapping[str, Any]:
        for each in self._config["CacheBehaviors"]:
            if matches(each["PathPattern"], path):
                return dict(each)
        return dict(self._config["DefaultCacheBehavior"])

    def _of(self, reference: Any) -> dict[str, Any]:
        """The properties of what a template refers to."""
        (name, _) = reference["Fn::GetAtt"]
        return dict(self._resources[name]["Properties"])

    def _keys(self, behaviour: Mapping[str, Any]) -> dict[str, RSAPublicKey]:
        """Those that may sign for a behaviour, by the ids that a stand-in gives them."""
        found = {}
        for group in behaviour["TrustedKeyGroups"]:
            for item in self._of(group)["KeyGroupConfig"]["Items"]:
                pem = self._of(item)["PublicKeyConfig"]["EncodedKey"]
                key = load_pem_public_key(pem.encode())
                assert isinstance(key, RSAPublicKey)
                found["-".join(item["Fn::GetAtt"])] = key
        return found

    def _admit(self, behaviour: Mapping[str, Any], request: Request, now: datetime) -> None:
        """Raises Refused, or what is wrong with a signature."""
        given = dict(parse_qsl(request.query))
        if "Signature" not in given:
            cookies = SimpleCookie(request.headers.get("Cookie", ""))
            given = {name.removeprefix("CloudFront-"): it.value for name, it in cookies.items()}
        if "Signature" not in given:
            raise Refused("nothing is signed")
        rest = "&".join(
            part for part in request.query.split("&") if part.split("=")[0] not in OWN and part
        )
        asked = f"{self._domain}{request.path}{f'?{rest}' if rest else ''}"
        policy = decoded(given["Policy"]) if "Policy" in given else canned(asked, given["Expires"])
        key = self._keys(behaviour)[given["Key-Pair-Id"]]
        # CloudFront takes SHA-1 from RSA keys, and nothing else.
        key.verify(decoded(given["Signature"]), policy, PKCS1v15(), hashes.SHA1())
        (statement,) = json.loads(policy)["Statement"]
        if not matches(statement.get("Resource", "*"), asked):
            raise Refused("signed for something else")
        _check_conditions(statement["Condition"], request.address, now)

    def _fetched(self, behaviour: Mapping[str, Any], request: Request) -> Answer:
        policy = self._of(behaviour["CachePolicyId"])["CachePolicyConfig"]
        forwarded = policy["ParametersInCacheKeyAndForwardedToOrigin"]["QueryStringsConfig"]
        let_through = forwarded.get("QueryStrings", [])
        kept = sorted(pair for pair in parse_qsl(request.query) if pair[0] in let_through)
        key = behaviour["TargetOriginId"], request.path, tuple(kept)
        if key in self._kept:
            whole = self._kept[key]
            whole = whole._replace(headers={**whole.headers, "x-cache": "Hit from cloudfront"})
        else:
            whole = self._origin(key[0], unquote(request.path).removeprefix("/"), kept)
            if whole.status == 200:
                self._kept[key] = whole
        return ranged(whole, request.headers.get("Range", ""))

    def _headers(self, behaviour: Mapping[str, Any], request: Request) -> dict[str, str]:
        config = self._of(behaviour["ResponseHeadersPolicyId"])["ResponseHeadersPolicyConfig"]
        cors, security = config["CorsConfig"], config["SecurityHeadersConfig"]
        found = {
            "Content-Security-Policy": security["ContentSecurityPolicy"]["ContentSecurityPolicy"]
        }
        if security["ContentTypeOptions"]["Override"]:
            found["X-Content-Type-Options"] = "nosniff"
        if request.headers.get("Origin") in cors["AccessControlAllowOrigins"]["Items"]:
            found |= {
                "Access-Control-Allow-Origin": request.headers["Origin"],
                "Access-Control-Allow-Headers": ", ".join(
                    cors["AccessControlAllowHeaders"]["Items"]
                ),
                "Access-Control-Expose-Headers": ", ".join(
                    cors["AccessControlExposeHeaders"]["Items"]
                ),
            }
        return found


def matches(pattern: str, text: str) -> bool:
    """CloudFront knows two wildcards: any letters, and any one."""
    parts = (".*" if each == "*" else "." if each == "?" else re.escape(each) for each in pattern)
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None


def canned(url: str, expires: str) -> bytes:
    """The policy that stands behind an address that only says when it ends."""
    condition = {"DateLessThan": {"AWS:EpochTime": int(expires)}}
    statement = {"Statement": [{"Resource": url, "Condition": condition}]}
    return json.dumps(statement, separators=(",", ":")).encode()


def decoded(text: str) -> bytes:
    return base64.b64decode(text.translate(str.maketrans("-_~", "+=/")), validate=True)


def _check_conditions(condition: Mapping[str, Any], address: str, now: datetime) -> None:
    if now.timestamp() >= condition["DateLessThan"]["AWS:EpochTime"]:
        raise Refused("its time is over")
    if now.timestamp() < condition.get("DateGreaterThan", {}).get("AWS:EpochTime", 0):
        raise Refused("its time has not come")
    network = condition.get("IpAddress", {}).get("AWS:SourceIp", "0.0.0.0/0")
    if ip_address(address) not in ip_network(network):
        raise Refused("it is for somebody elsewhere")


def ranged(whole: Answer, wish: str) -> Answer:
    """The part of a kept answer that was asked for."""
    found = re.fullmatch(r"bytes=(\d+)-(\d*)", wish)
    if not found or whole.status != 200:
        return whole
    first, last = int(found[1]), int(found[2] or len(whole.body) - 1)
    span = f"bytes {first}-{last}/{len(whole.body)}"
    return Answer(206, {**whole.headers, "Content-Range": span}, whole.body[first : last + 1])
