"""What an XMP packet says: programs write theirs where cameras write EXIF. Pure.

A packet is XML of a stranger: entities and document types are refused, and one that is larger
than people's words need is not read. https://developer.adobe.com/xmp/docs/XMPNamespaces/
"""

import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError  # Only for types and errors.

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from processing.recipes.facts import dates, values
from processing.recipes.facts.dates import Said

LARGEST_PACKET = 2**20
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
DC = "{http://purl.org/dc/elements/1.1/}"
XMP = "{http://ns.adobe.com/xap/1.0/}"
EXIF = "{http://ns.adobe.com/exif/1.0/}"
EXIF_EX = "{http://cipa.jp/exif/1.0/}"
TIFF = "{http://ns.adobe.com/tiff/1.0/}"
AUX = "{http://ns.adobe.com/exif/1.0/aux/}"
PHOTOSHOP = "{http://ns.adobe.com/photoshop/1.0/}"

# The last is when the file came into being, which may be a scan or an edit.
DATES = (
    ("xmp", f"{EXIF}DateTimeOriginal"),
    ("xmp", f"{PHOTOSHOP}DateCreated"),
    ("created", f"{XMP}CreateDate"),
)
LENSES = (f"{EXIF_EX}LensModel", f"{AUX}Lens")
TOWN = (f"{PHOTOSHOP}City", f"{PHOTOSHOP}Country")

Properties = dict[str, list[str]]


def facts(packet: bytes) -> dict[str, Any]:
    found = properties(packet)
    where = values.place(
        _degrees(_one(found, f"{EXIF}GPSLatitude")), _degrees(_one(found, f"{EXIF}GPSLongitude"))
    )
    return {
        "dates": list(_said(found)),
        "latitude": where.latitude if where else None,
        "longitude": where.longitude if where else None,
        "camera": values.camera(_one(found, f"{TIFF}Make"), _one(found, f"{TIFF}Model")),
        "lens": next((values.text(_one(found, name)) for name in LENSES if name in found), ""),
        "rating": values.rating(_one(found, f"{XMP}Rating")),
        "description": values.description(
            _one(found, f"{DC}title"), _one(found, f"{DC}description")
        ),
        "keywords": values.keywords(found.get(f"{DC}subject", [])),
        "town": ", ".join(filter(None, (values.text(_one(found, name)) for name in TOWN))),
    }


def properties(packet: bytes) -> Properties:
    """Each property with its values; nothing of a packet that is no XML, too large or a trap."""
    trimmed = packet.strip(b"\0 \t\r\n")
    if not trimmed or len(trimmed) > LARGEST_PACKET:
        return {}
    try:
        root = fromstring(trimmed, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return {}
    found: Properties = {}
    for about in root.iter(f"{RDF}Description"):
        for name, value in about.attrib.items():
            found.setdefault(name, [value])
        for part in about:
            found.setdefault(part.tag, _values(part))
    return found


def _values(part: Element) -> list[str]:
    """Text itself, or the members of a list; the default language stands first by the rules."""
    members = [member.text or "" for member in part.iter(f"{RDF}li")]
    return members or [part.text or ""]


def _one(found: Properties, name: str) -> str:
    return next((value for value in found.get(name, []) if value.strip()), "")


def _said(found: Properties) -> Iterator[Said]:
    for source, name in DATES:
        said = dates.iso(source, _one(found, name))
        if said:
            yield said


def _degrees(written: str) -> float | None:
    """As 38,43.0033N or 38,43,0.2N."""
    found = re.fullmatch(
        r"(\d{1,3}),(\d{1,2}(?:\.\d{1,12})?)(?:,(\d{1,2}(?:\.\d{1,12})?))?([NSEW])",
        written.strip(),
        re.ASCII,
    )
    if not found:
        return None
    total = int(found[1]) + float(found[2]) / 60 + float(found[3] or 0) / 3600
    return -total if found[4] in "SW" else total
