"""How ffmpeg is asked to make the pieces of a stream. Pure: arguments and arithmetic.

Each piece is made alone, from an excerpt, and must fit its neighbours to the frame: it is cut by
time stamps after decoding, keeps them, and begins with a key frame. Why each argument is there,
and what went wrong without it: docs/decisions/0022-ladder.md.
"""

from collections.abc import Sequence
from fractions import Fraction

from processing.recipes.ladder import Chunk, Rung, Video, shown_rate
from processing.recipes.video import (
    EXCERPTS,
    FORMATS,
    LEAD_SECONDS,
    OPEN,
    TELLING,
    TO_STANDARD_RANGE,
)

# A filter that looks at neighbours sees them beyond a piece's end too.
SPARE_SECONDS = 1.0
TIMESCALE = 90_000
# Below so many a second a short piece has only some frames.
FEW_FRAMES = 8
AUDIO_BITS_PER_SECOND = 128_000
AUDIO_SEGMENT_SECONDS = 6
# A turn that is said beside the pictures, anticlockwise in degrees, and how to do it.
TURNS = {90: "transpose=cclock", 180: "hflip,vflip", 270: "transpose=clock"}
MIRRORED_TURNS = {
    0: "vflip",
    90: "transpose=clock_flip",
    180: "hflip",
    270: "transpose=cclock_flip",
}
UNSPECIFIED = 2

OPEN_EXCERPT = [EXCERPTS if part == FORMATS else part for part in OPEN]
FRAGMENTS = f"movflags=+frag_discont:video_track_timescale={TIMESCALE}"
PLAIN = [
    "-map_metadata",
    "-1",
    "-map_chapters",
    "-1",
    "-fflags",
    "+bitexact",
    "-flags",
    "+bitexact",
]


def segments(
    source: str, target: str, *, video: Video, rungs: Sequence[Rung], chunk: Chunk
) -> list[str]:
    """Arguments that encode one piece for several rungs: `target`/<rung>.m4s each."""
    return [
        *OPEN_EXCERPT,
        *["-copyts", "-noautorotate", "-itsoffset", str(-LEAD_SECONDS), "-i", f"file:{source}"],
        *["-filter_complex", graph(video, rungs, chunk)],
        *(part for rung in rungs for part in _rung(target, video, rung, chunk)),
        *[*TELLING, "-y"],
    ]


def graph(video: Video, rungs: Sequence[Rung], chunk: Chunk) -> str:
    """Decode once, cut, and scale for each rung."""
    first = ",".join([*_in_time(video), _cut(video, chunk), f"split={len(rungs)}"])
    names = "".join(f"[s{rung.name}]" for rung in rungs)
    branches = [
        f"[s{rung.name}]{','.join(upright(video, rung.width, rung.height))}[o{rung.name}]"
        for rung in rungs
    ]
    return ";".join([f"[0:v]{first}{names}", *branches])


def sound(source: str, target: str, *, copied: bool) -> list[str]:
    """Arguments that make the sound of a stream: `target`/audio.m4s."""
    coded = ["-c:a", "copy"] if copied else _encoded_sound()
    return [
        *OPEN_EXCERPT,
        *["-copyts", "-itsoffset", str(-LEAD_SECONDS), "-i", f"file:{source}"],
        *["-map", "0:a:0", "-vn", *coded],
        # The encoder's run-up has times before zero; played, it would delay the rest.
        *["-bsf:a", r"noise=drop=lt(pts\,0)"],
        *PLAIN,
        *_hls(target, "audio", AUDIO_SEGMENT_SECONDS),
        *[*TELLING, "-y", f"{target}/audio.m3u8"],
    ]


def _encoded_sound() -> list[str]:
    return ["-c:a", "aac", "-b:a", str(AUDIO_BITS_PER_SECOND), "-ac", "2", "-ar", "48000"]


def _in_time(video: Video) -> list[str]:
    """What must happen before cutting, since it looks at neighbours."""
    rate = shown_rate(video)
    return [
        *(["bwdif=mode=send_frame:deint=interlaced"] if video.is_interlaced else []),
        *([f"fps={rate}"] if rate else []),
        # The last frame of a slide show is shown until its end.
        *(["tpad=stop=-1:stop_mode=clone"] if _is_held(video) else []),
    ]


def _is_held(video: Video) -> bool:
    return video.is_sparse and video.duration_seconds > 0


def _cut(video: Video, chunk: Chunk) -> str:
    rate = shown_rate(video)
    # Between two frames of an even grid, where rounding cannot decide.
    early = 1 / (2 * rate) if rate else Fraction()
    start = f"start={max(0.0, chunk.start - float(early)):.6f}"
    last = video.duration_seconds if _is_held(video) else None
    ends_at = last if chunk.end is None else chunk.end
    end = "" if ends_at is None else f":end={ends_at - float(early):.6f}"
    return f"trim={start}{end}"


def upright(video: Video, width: int, height: int) -> list[str]:
    """Filters to a size: small first, where the rest costs least; then turned, standard range."""
    lies = video.rotation in {90, 270}
    turns = MIRRORED_TURNS if video.is_mirrored else TURNS
    stored = (height, width) if lies else (width, height)
    return [
        *_colours(video),
        f"scale={stored[0]}:{stored[1]}:out_range=tv",
        *([turns[video.rotation]] if video.rotation in turns else []),
        *([TO_STANDARD_RANGE] if video.is_high_dynamic_range else []),
        "setsar=1",
        "format=yuv420p",
    ]


def _colours(video: Video) -> list[str]:
    """Said again, since an excerpt keeps only what stands in the pictures themselves."""
    said = {
        "color_primaries": video.primaries,
        "color_trc": video.transfer,
        "colorspace": video.matrix,
    }
    known = [f"{name}={value}" for name, value in said.items() if value != UNSPECIFIED and value]
    known += ["range=pc"] if video.full_range else []
    return [f"setparams={':'.join(known)}"] if known else []


def _rung(target: str, video: Video, rung: Rung, chunk: Chunk) -> list[str]:
    return [
        *["-map", f"[o{rung.name}]", "-an", "-fps_mode", "passthrough"],
        *["-enc_time_base", "demux" if shown_rate(video) is None else "filter"],
        *["-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-profile:v", "high"],
        *["-maxrate", str(rung.bits_per_second), "-bufsize", str(2 * rung.bits_per_second)],
        *["-threads", "1", "-sc_threshold", "0", "-g", "100000"],
        *["-force_key_frames", _key_frames(chunk)],
        *_times_kept(video),
        *PLAIN,
        *_hls(target, rung.name, chunk.step / 2),
        *["-hls_segment_options", FRAGMENTS],
        f"{target}/{rung.name}.m3u8",
    ]


def _key_frames(chunk: Chunk) -> str:
    """One for each segment and no more: a last segment of one frame makes players wait."""
    return f"expr:lt(n_forced,{chunk.segments})*gte(t,n_forced*{chunk.step}-0.0005)"


def _times_kept(video: Video) -> list[str]:
    """Frames at uneven times are stored in the order shown, each with its own length."""
    if video.is_even or shown_rate(video):
        # A piece of two or three frames has none that wait for later ones: another head.
        in_order = ["-bf", "0"] if (shown_rate(video) or video.frame_rate) < FEW_FRAMES else []
        return [*in_order, "-avoid_negative_ts", "disabled"]
    lasting = r"setts=duration=if(eq(NEXT_DTS\,NOPTS)\,DURATION\,NEXT_DTS-DTS)"
    return ["-bf", "0", "-bsf:v", lasting, "-avoid_negative_ts", "disabled"]


def _hls(target: str, name: str, seconds: float) -> list[str]:
    return [
        *["-f", "hls", "-hls_time", f"{seconds:.6f}", "-hls_list_size", "0"],
        *["-hls_segment_type", "fmp4"],
        *["-hls_playlist_type", "vod", "-hls_flags", "independent_segments+single_file"],
        *["-hls_segment_filename", f"{target}/{name}.m4s"],
    ]
