"""What all ways of asking ffmpeg about videos share. Pure: arguments and arithmetic.

The list of formats is the lock: playlists (DASH, HLS, concat) name other files, and ffmpeg
would open them. The list of protocols is the second bolt. Names that people gave never
stand in an argument.
"""

FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,dv,mxf"
# Excerpts are moved by so much, since what leads up to a beginning has times before it.
LEAD_SECONDS = 3600
# What our own children write for ffmpeg to read.
EXCERPTS = "nut,mov,matroska,asf"

OPEN = [
    "-nostdin",
    "-hide_banner",
    "-loglevel",
    "error",
    "-max_alloc",
    "1073741824",
    "-format_whitelist",
    FORMATS,
    "-protocol_whitelist",
    "file",
]
# What makes ffmpeg say how far it is, twice a second and in lines.
TELLING = ["-progress", "pipe:1", "-nostats"]
TO_STANDARD_RANGE = (
    "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,"
    "tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv"
)


def seconds_reached(line: str) -> float | None:
    """How many seconds of the result are made, of a line that says so."""
    name, _, value = line.partition("=")
    is_told = name == "out_time_us" and value.isascii() and value.isdigit()
    return int(value) / 1e6 if is_told else None


def ends_early(*, made: float, promised: float) -> bool:
    """Whether much of the seconds that a container promised is missing: its end was cut off."""
    return made < promised - max(1.0, 0.05 * promised)
