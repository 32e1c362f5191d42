"""A film of twelve seconds as a stream of three rungs and sound, made by one run of ffmpeg.

`python -m tests.streams EMAIL` gives it to that person on the stack whose environment it has,
and prints the item's id. Each track's file is cut in two objects, as chunks of workers are.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import imageio_ffmpeg

SECONDS, FRAME_RATE, SEGMENT_SECONDS = 12, 30, 2
SIZES = {"90": (160, 90), "136": (240, 136), "180": (320, 180)}
PIECES_IN_A_CHUNK = 3
COLUMNS, FRAME = 4, (80, 44)
# The priming packet would delay the sound by its length.
PRIMED = ["-bsf:a", r"noise=drop=lt(pts\,0)"]


def publish(email: str, *, env: Mapping[str, str]) -> str:
    """Make it that person's; the item's id."""
    command = [sys.executable, "-m", "tests.streams", email]
    return subprocess.run(
        command, env=dict(env), capture_output=True, text=True, check=True
    ).stdout.strip()


def encode(folder: Path) -> None:
    """Write the tracks, a poster, a preview and a storyboard into the folder."""
    split = f"split={len(SIZES)}" + "".join(f"[s{name}]" for name in SIZES)
    scales = [f"[s{name}]scale={w}:{h}[o{name}]" for name, (w, h) in SIZES.items()]
    picture = f"testsrc2=size=320x180:rate={FRAME_RATE}:duration={SECONDS}"
    arguments = ["-f", "lavfi", "-i", picture]
    arguments += ["-f", "lavfi", "-i", f"sine=frequency=440:duration={SECONDS}"]
    arguments += ["-filter_complex", ";".join([f"[0:v]format=yuv420p,{split}", *scales])]
    for name in SIZES:
        arguments += ["-map", f"[o{name}]", "-c:v", "libx264", "-preset", "ultrafast"]
        arguments += ["-profile:v", "baseline", "-g", str(FRAME_RATE * SEGMENT_SECONDS)]
        arguments += ["-sc_threshold", "0", *_hls(folder, name)]
    arguments += ["-map", "1:a", "-c:a", "aac", "-b:a", "64k", *PRIMED, *_hls(folder, "audio")]
    _ffmpeg(arguments)
    source = ["-f", "lavfi", "-i", picture]
    tile = f"fps=1,scale={FRAME[0]}:{FRAME[1]},tile={COLUMNS}x{SECONDS // COLUMNS}"
    _ffmpeg([*source, "-frames:v", "1", str(folder / "poster.jpg")])
    _ffmpeg([*source, "-vf", tile, "-frames:v", "1", str(folder / "storyboard.jpg")])
    _ffmpeg([*source, "-t", "2", "-pix_fmt", "yuv420p", str(folder / "hover.mp4")])


def segments_of(folder: Path, name: str) -> list[tuple[int, int, float]]:
    """Offset, length and seconds of a track's head and pieces, as ffmpeg wrote them."""
    text = (folder / f"{name}.m3u8").read_text()
    head = re.findall(r'#EXT-X-MAP:.*BYTERANGE="(\d+)@(\d+)"', text)
    pieces = re.findall(r"#EXTINF:([\d.]+),\n#EXT-X-BYTERANGE:(\d+)@(\d+)", text)
    return [(int(offset), int(length), 0.0) for length, offset in head] + [
        (int(offset), int(length), float(seconds)) for seconds, length, offset in pieces
    ]


def codecs_of(content: bytes) -> str:
    """From the head of a track of H.264 or AAC, as RFC 6381 writes it."""
    place = content.find(b"avcC")
    return "mp4a.40.2" if place < 0 else f"avc1.{content[place + 5 : place + 8].hex()}"


def store(folder: Path, email: str) -> str:
    """Put objects and rows where the site looks for them; the item's id."""
    from albums import actions  # noqa: PLC0415  # Django is set up by now, and not before.
    from mediashare.accounts.models import User  # noqa: PLC0415
    from tests import people  # noqa: PLC0415

    owner = User.objects.get(email=email)
    blob = people.blob_of(owner, f"film of {email}", content_type="video/mp4")
    people.prepared(blob, kind="video")
    blob.media_info.duration_seconds = SECONDS
    blob.media_info.width, blob.media_info.height = SIZES["180"]
    blob.media_info.save()
    blob.renditions.all().delete()
    for name in [*SIZES, "audio"]:
        _store_track(folder, blob, name)
    small, sheet = SIZES["180"], (COLUMNS * FRAME[0], SECONDS // COLUMNS * FRAME[1])
    _store_file(blob, folder / "poster.jpg", role="image", recipe="image-320", size=small)
    _store_file(blob, folder / "hover.mp4", role="preview", recipe="hover", size=small)
    starts = list(range(SECONDS))
    frames = {"columns": COLUMNS, "width": FRAME[0], "height": FRAME[1], "starts": starts}
    board = folder / "storyboard.jpg"
    _store_file(blob, board, role="storyboard", recipe="storyboard", size=sheet, sheet=frames)
    item = actions.add_item(owner=owner, blob=blob, name="film.mp4", taken_at=people.SUMMER)
    return str(item.pk)


def _store_track(folder: Path, blob, name: str) -> None:
    from django.core.files.base import ContentFile  # noqa: PLC0415
    from django.core.files.storage import default_storage  # noqa: PLC0415

    from processing.models import Track  # noqa: PLC0415

    content = (folder / f"{name}.mp4").read_bytes()
    segments = segments_of(folder, name)
    prefix = f"renditions/{blob.pk}/hls-{name}-v1/"
    rows = []
    for number in range(0, len(segments), PIECES_IN_A_CHUNK + 1):
        chunk = segments[number : number + PIECES_IN_A_CHUNK + 1]
        begin, end = chunk[0][0], chunk[-1][0] + chunk[-1][1]
        file = f"c{number:03}.m4s"
        default_storage.save(prefix + file, ContentFile(content[begin:end]))
        rows += [[file, offset - begin, length, seconds] for offset, length, seconds in chunk]
    rates = [8 * length / seconds for _, length, seconds in segments if seconds]
    width, height = SIZES.get(name, (0, 0))
    Track.objects.create(
        blob=blob,
        name=name,
        version=1,
        prefix=prefix,
        codecs=codecs_of(content),
        width=width,
        height=height,
        frame_rate=FRAME_RATE if width else None,
        bandwidth=int(max(rates)),
        average_bandwidth=8 * len(content) // SECONDS,
        size_bytes=len(content),
        segments=rows,
    )


def _store_file(blob, path: Path, *, size: tuple[int, int], **fields) -> None:
    from django.core.files.base import ContentFile  # noqa: PLC0415
    from django.core.files.storage import default_storage  # noqa: PLC0415

    from processing.models import Rendition  # noqa: PLC0415

    key = f"renditions/{blob.pk}/{fields['recipe']}-v1{path.suffix}"
    default_storage.save(key, ContentFile(path.read_bytes()))
    Rendition.objects.create(
        blob=blob,
        version=1,
        key=key,
        content_type="video/mp4" if path.suffix == ".mp4" else "image/jpeg",
        width=size[0],
        height=size[1],
        size_bytes=path.stat().st_size,
        **fields,
    )


def _hls(folder: Path, name: str) -> list[str]:
    return [
        *["-f", "hls", "-hls_time", str(SEGMENT_SECONDS), "-hls_list_size", "0"],
        *["-hls_segment_type", "fmp4", "-hls_flags", "single_file", "-hls_playlist_type", "vod"],
        *["-hls_segment_filename", str(folder / f"{name}.mp4"), str(folder / f"{name}.m3u8")],
    ]


def _ffmpeg(arguments: list[str]) -> None:
    program = imageio_ffmpeg.get_ffmpeg_exe()
    subprocess.run([program, "-nostdin", "-loglevel", "error", "-y", *arguments], check=True)


def main(email: str) -> None:
    import django  # noqa: PLC0415  # Nothing of Django may be touched before it is set up.

    django.setup()
    with tempfile.TemporaryDirectory() as name:
        encode(Path(name))
        print(store(Path(name), email))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1])
