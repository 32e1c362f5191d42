"""A strict reader of playlists, for tests: what RFC 8216 forbids, it refuses."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from processing.recipes.playlist import UNFINISHED

# Section 4.3.1.2, 7: each version brought what older players would take for something else.
VERSION_OF_BYTE_RANGES = 4
VERSION_OF_HEADS = 6


@dataclass(frozen=True)
class Rung:
    uri: str
    attributes: dict[str, str]


@dataclass(frozen=True)
class Master:
    rungs: list[Rung]
    sounds: list[dict[str, str]]
    is_finished: bool


class Piece(NamedTuple):
    uri: str
    offset: int
    length: int
    seconds: float


@dataclass(frozen=True)
class Media:
    target: int
    head: tuple[str, int, int]
    pieces: list[Piece]

    @property
    def seconds(self) -> float:
        return sum(piece.seconds for piece in self.pieces)


def read_master(text: str) -> Master:
    lines = _lines(text)
    data = [attributes(_value(line)) for line in lines if _is(line, "SESSION-DATA")]
    sounds = [attributes(_value(line)) for line in lines if _is(line, "MEDIA")]
    rungs = []
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if _is(line, "STREAM-INF"):
            assert following, "A rung has no address."
            assert not following.startswith("#"), "A rung has no address."
            rungs.append(Rung(following, attributes(_value(line))))
    groups = {sound["GROUP-ID"] for sound in sounds}
    for sound in sounds:
        assert {"TYPE", "GROUP-ID", "NAME", "URI"} <= sound.keys()
    assert rungs, "A master playlist names at least one rung."
    for rung in rungs:
        _check_rung(rung.attributes, groups)
    assert len({sound["NAME"] for sound in sounds}) == len(sounds)
    return Master(rungs, sounds, all(each["DATA-ID"] != UNFINISHED for each in data))


def read_media(text: str) -> Media:
    lines = _lines(text)
    version = int(_only(lines, "VERSION"))
    assert version >= max(VERSION_OF_BYTE_RANGES, VERSION_OF_HEADS)
    assert _only(lines, "PLAYLIST-TYPE") == "VOD"
    assert lines[-1] == "#EXT-X-ENDLIST"
    target = int(_only(lines, "TARGETDURATION"))
    pieces = list(_pieces(lines))
    assert pieces
    assert all(round(piece.seconds) <= target for piece in pieces), "Longer than the target."
    head = attributes(_only(lines, "MAP"))
    length, offset = head["BYTERANGE"].split("@")
    assert lines.index(next(line for line in lines if _is(line, "MAP"))) < lines.index(
        next(line for line in lines if line.startswith("#EXTINF"))
    )
    return Media(target, (head["URI"], int(offset), int(length)), pieces)


def attributes(text: str) -> dict[str, str]:
    """An attribute list, section 4.2; quotes are taken off."""
    found = re.findall(r'([A-Z0-9-]+)=("[^"\n]*"|[^",\s]+)(?:,|$)', text)
    assert ",".join(f"{name}={value}" for name, value in found) == text, text
    assert len({name for name, _ in found}) == len(found), "An attribute stands twice."
    return {name: value.strip('"') for name, value in found}


def _pieces(lines: list[str]):
    uris = [number for number, line in enumerate(lines) if not line.startswith("#")]
    assert len(uris) == sum(line.startswith("#EXTINF:") for line in lines)
    for number in uris:
        tags = lines[number - 2 : number]
        seconds = re.fullmatch(r"#EXTINF:(\d+\.\d+),", tags[0])
        place = re.fullmatch(r"#EXT-X-BYTERANGE:(\d+)@(\d+)", tags[1])
        assert seconds, tags
        assert place, tags
        yield Piece(lines[number], int(place[2]), int(place[1]), float(seconds[1]))


def _check_rung(rung: dict[str, str], groups: set[str]) -> None:
    assert int(rung["BANDWIDTH"]) >= int(rung["AVERAGE-BANDWIDTH"]) > 0
    assert re.fullmatch(r"\d+x\d+", rung["RESOLUTION"])
    assert re.fullmatch(r"\d+\.\d{3}", rung.get("FRAME-RATE", "0.000"))
    assert rung["CODECS"]
    assert "AUDIO" not in rung or rung["AUDIO"] in groups


def _lines(text: str) -> list[str]:
    assert text.startswith("#EXTM3U\n")
    assert text.endswith("\n")
    lines = text.splitlines()
    assert all(line and line == line.strip() for line in lines)
    return lines


def _only(lines: list[str], tag: str) -> str:
    found = [_value(line) for line in lines if _is(line, tag)]
    assert len(found) == 1, tag
    return found[0]


def _is(line: str, tag: str) -> bool:
    return line.startswith(f"#EXT-X-{tag}:")


def _value(line: str) -> str:
    return line.partition(":")[2]
