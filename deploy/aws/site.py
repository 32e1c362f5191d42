"""What is true of one site and of no other: whose account, which names, which keys. Pure."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from deploy.aws.sizes import SIZES

# It becomes a part of paths, and of words of a shell.
RELEASE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}")


class UnusableSite(Exception):
    """The site's file lacks something, or says what cannot be."""


@dataclass(frozen=True)
class Site:
    """A site, as its file describes it (`deploy/aws/site.example.json`).

    `public_keys` are those that CloudFront checks signatures with, by a name each, in PEM; the
    first is the one that the service signs with. `release` names what instances install.
    """

    account: str
    region: str
    domain: str
    operator: str
    size: str
    release: str
    public_keys: Mapping[str, str]

    @property
    def site_url(self) -> str:
        return f"https://{self.domain}"

    def host(self, part: str) -> str:
        """The name of a part in DNS; the website has the domain itself."""
        return self.domain if part == "website" else f"{part}.{self.domain}"


def read(file: Path) -> Site:
    """The site that a file describes. Raises UnusableSite."""
    return parsed(json.loads(file.read_text()))


def parsed(said: Mapping[str, object]) -> Site:
    """The site with these values. Raises UnusableSite."""
    wanted = {field.name for field in fields(Site)}
    if said.keys() != wanted:
        differing = sorted(wanted ^ said.keys())
        raise UnusableSite(f"The site's file must have just {sorted(wanted)}; see {differing}.")
    site = Site(**said)  # type: ignore[arg-type]  # What they are is looked at below.
    if not re.fullmatch(r"\d{12}", site.account):
        raise UnusableSite(f"account is twelve digits, not {site.account!r}.")
    if not DOMAIN.fullmatch(site.domain):
        raise UnusableSite(f"domain is a name as photos.example.org, not {site.domain!r}.")
    if site.size not in SIZES:
        raise UnusableSite(f"size is one of {', '.join(SIZES)}, not {site.size!r}.")
    if not RELEASE.fullmatch(site.release):
        raise UnusableSite(f"release is a name of letters, digits, . _ -, not {site.release!r}.")
    if not site.public_keys:
        raise UnusableSite("public_keys has one key at least, in PEM.")
    return site
