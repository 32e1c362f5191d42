"""Copy parts of a video into small files that a confined program can read. In a child only.

Nothing is decoded. Packets keep their time stamps, counted from the zero of the whole file and
moved by LEAD_SECONDS, since what leads up to the beginning has times before it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

import av
from av.bitstream import BitStreamFilterContext
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import Stream

from processing import probe
from processing.reasons import VIDEO_DAMAGED, Refused
from processing.recipes.video import LEAD_SECONDS

# Each time a jump did not land before the wanted frame, the next one goes twice as far back.
FIRST_STEP_BACK = 1.0
FURTHEST_BACK = 10 * 60.0
# NUT has no name for what these make, loses packets of MPEG sound, and forgets what WMA needs.
WRITTEN_AS = {
    **dict.fromkeys(["prores", "dnxhd", "cfhd", "adpcm_ima_qt", "nellymoser", "qdm2"], "mov"),
    **dict.fromkeys(["mp1", "mp2", "mp3", "alac", "truehd", "mlp"], "matroska"),
    **dict.fromkeys(["wmav1", "wmav2", "wmapro", "wmalossless", "wmavoice"], "asf"),
}
# What NUT cannot hold, one of these can.
OTHERWISE = ("matroska", "mov")
# Without an index these are searched by the clock of decoding, and not exactly.
SEARCHED = {"mpegts", "mpeg"}
# The first frame may be decoded long before the zero of a file, which is when it is heard or seen.
BEFORE_ALL_SECONDS = 10
# What stands between the pictures of H.264 (SEI): camcorders write date and place there.
WITHOUT_NOTES = "filter_units=remove_types=6"
COPY = {
    "movflags": "frag_keyframe+empty_moov+default_base_moof+frag_discont+delay_moov+skip_trailer",
    "avoid_negative_ts": "disabled",
    "fflags": "+bitexact",
}


def write_piece(file: Any, target: str, start: float, end: float | None, spare: float) -> int:
    """The packets that show `start` to `end` seconds, from the key frame before; how many.

    `spare` seconds more follow for filters that look ahead.
    """
    with probe.opened(file) as container:
        stream = probe.picture_of(container)
        stop = None if end is None else end + spare
        _go_to_key_frame(container, stream, start)
        with _written(container, stream, target) as write:
            return sum(write(packet) for packet in _until(container, stream, stop))


def write_pieces(file: Any, target: str, starts: list[float], seconds: float) -> int:
    """A few seconds each from the key frames at or before some times on, in one file; packets.

    Each begins later than the one before ended; of a video with few key frames there are fewer.
    """
    count, reached = 0, -1.0
    with probe.opened(file) as container:
        stream = probe.picture_of(container)
        with _written(container, stream, target) as write:
            for start in starts:
                if container.format.name in SEARCHED:
                    _go_to_key_frame(container, stream, start)
                else:
                    _seek(container, stream, start)
                begins = None
                for packet in _from_key_frame(container, stream):
                    shown = _seconds(container, packet) or 0.0
                    begins = shown if begins is None else begins
                    if begins <= reached or shown >= begins + seconds:
                        break
                    count += write(packet)
                else:
                    shown = begins or 0.0
                reached = max(reached, shown)
    return count


def write_key_frames(file: Any, target: str, wanted: list[float]) -> list[float]:
    """The key frames at or before some times, each once, in order; their seconds."""
    seconds: list[float] = []
    with probe.opened(file) as container:
        stream = probe.picture_of(container)
        with _written(container, stream, target) as write:
            for time in sorted(wanted):
                _seek(container, stream, time)
                packet = next(_from_key_frame(container, stream), None)
                found = _seconds(container, packet) if packet else None
                if packet and found is not None and (not seconds or found > seconds[-1]):
                    write(packet)
                    seconds.append(found)
    if not seconds:
        raise Refused(VIDEO_DAMAGED, "no key frame")
    return seconds


def write_sound(file: Any, target: str) -> int:
    """The whole sound track; how many packets."""
    with probe.opened(file) as container:
        stream = probe.sound_of(container)
        with _written(container, stream, target) as write:
            return sum(write(packet) for packet in container.demux(stream) if packet.size)


def copy_piece(file: Any, target: str, start: float, end: float | None) -> int:
    """The key frame at `start`, and everything before the one at `end`, as fragments; packets."""
    late = _delay(file)
    file.seek(0)
    with probe.opened(file) as container:
        stream = probe.picture_of(container)
        moved, count = _moved(container, stream, 0), 0
        _go_to_key_frame(container, stream, start)
        with av.open(target, "w", format="mp4", options=COPY) as made:
            track = made.add_stream_from_template(stream, opaque=True)
            plain = BitStreamFilterContext(WITHOUT_NOTES, stream, track)
            for packet in _between_key_frames(container, stream, start, end):
                if not count and packet.pts is not None:
                    # How late the first frame is shown stands in the head, which all share.
                    packet.dts = packet.pts - late
                count += sum(_mux(made, track, each, moved) for each in plain.filter(packet))
        return count


def _delay(file: Any) -> int:
    """How many ticks after its decoding the very first frame is shown."""
    with probe.opened(file) as container:
        first = next(_from_key_frame(container, probe.picture_of(container)), None)
    if first is None or first.pts is None or first.dts is None:
        return 0
    return first.pts - first.dts


@contextmanager
def _written(container: InputContainer, stream: Stream, target: str) -> Iterator[Any]:
    """A function that writes one packet into a file of one track."""
    made, track = _opened(stream, target)
    with made:
        moved = _moved(container, stream, LEAD_SECONDS)
        latest: int | None = None

        def write(packet: "Packet[Any]") -> int:
            nonlocal latest
            if latest is not None and packet.dts is not None and packet.pts is not None:
                # Behind a jump MXF says the same time twice.
                packet.dts = max(packet.dts, min(latest + 1, packet.pts))
            latest = packet.dts
            return _mux(made, track, packet, moved)

        yield write


def _opened(stream: Stream, target: str) -> tuple[OutputContainer, Stream]:
    """A file for one track, of the first kind that can hold it. Raises Refused."""
    codec = stream.codec_context.codec.canonical_name
    for written_as in (WRITTEN_AS.get(codec, "nut"), *OTHERWISE):
        made = av.open(target, "w", format=written_as)
        try:
            return made, made.add_stream_from_template(stream, opaque=True)
        except ValueError:
            made.close()
    raise Refused(VIDEO_DAMAGED, f"nothing here holds {codec}")


def _moved(container: InputContainer, stream: Stream, seconds: int) -> int:
    """How many ticks to add to a track's times so that the file's zero is at `seconds`."""
    base = stream.time_base or Fraction(1)
    return round((seconds - probe.zero_of(container)) / base)


def _mux(made: OutputContainer, track: Stream, packet: "Packet[Any]", moved: int) -> int:
    if packet.pts is None:
        return 0
    packet.pts += moved
    packet.dts = None if packet.dts is None else packet.dts + moved
    packet.stream = track
    made.mux_one(packet)
    return 1


def _go_to_key_frame(container: InputContainer, stream: Stream, seconds: float) -> None:
    """Place the reading so that the next key frame is at or before a time.

    Some containers jump to any frame, and open groups of pictures are found by the wrong clock.
    """
    back = FIRST_STEP_BACK
    while seconds > 0:
        target = max(0.0, seconds - back)
        _seek(container, stream, target)
        packet = next(_from_key_frame(container, stream), None)
        found = _seconds(container, packet) if packet else None
        _seek(container, stream, target)
        if target == 0.0 or back > FURTHEST_BACK or (found is not None and found <= seconds):
            return
        back *= 2


def _seek(container: InputContainer, stream: Stream, seconds: float) -> None:
    at = probe.zero_of(container) + Fraction(seconds)
    if seconds <= 0 and container.format.name in SEARCHED:
        at -= BEFORE_ALL_SECONDS
    stamp = round(at / (stream.time_base or Fraction(1)))
    try:
        container.seek(stamp, stream=stream)
    except av.error.PermissionError:
        # Nothing is there or before: as in FLV whose sound begins before its picture.
        container.seek(stamp, stream=stream, backward=False)


def _from_key_frame(container: InputContainer, stream: Stream) -> "Iterator[Packet[Any]]":
    begun = False
    for packet in container.demux(stream):
        begun = begun or packet.is_keyframe
        if begun and packet.size and packet.pts is not None:
            yield packet


def _until(
    container: InputContainer, stream: Stream, stop: float | None
) -> "Iterator[Packet[Any]]":
    """Packets from the next key frame on, until none can be shown before `stop`, and one more."""
    for packet in _from_key_frame(container, stream):
        # Before it is handed on, for there its times are changed.
        shown = _seconds(container, packet)
        decoded = _seconds(container, packet, packet.dts)
        yield packet
        if stop is not None and shown is not None and min(shown, decoded or shown) >= stop:
            return


def _between_key_frames(
    container: InputContainer, stream: Stream, start: float, end: float | None
) -> "Iterator[Packet[Any]]":
    half = 0.5 / float(stream.average_rate or 30)
    begun = start <= 0
    for packet in _from_key_frame(container, stream):
        shown = _seconds(container, packet) or 0.0
        if packet.is_keyframe:
            begun = begun or shown >= start - half
            if end is not None and shown >= end - half:
                return
        if begun:
            yield packet


def _seconds(
    container: InputContainer, packet: "Packet[Any]", stamp: int | None = None
) -> float | None:
    stamp = packet.pts if stamp is None else stamp
    return None if stamp is None else float(stamp * packet.time_base - probe.zero_of(container))
