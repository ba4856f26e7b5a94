"""What kind of image a file holds, told by its first bytes, whatever its name says."""

from typing import Literal

Kind = Literal["JPEG", "PNG", "WebP", "BMP", "TIFF", "GIF"]
HEAD = 32
"""How many of a file's first bytes tell its kind."""
_BMP_HEADERS = (12, 40, 52, 56, 64, 108, 124)
_STARTS: dict[bytes, Kind] = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"II+\0": "TIFF",
    b"MM\0+": "TIFF",
    b"GIF87a": "GIF",
    b"GIF89a": "GIF",
}
_FOREIGN = {
    b"%!PS": "PostScript",
    b"\xc5\xd0\xd3\xc6": "PostScript",
    b"%PDF": "a PDF",
    b"8BPS": "a Photoshop file",
    b"\0\0\1\0": "an icon",
    b"DDS ": "a DDS texture",
    b"\0\0\0\x0cjP  ": "JPEG 2000",
    b"\xff\x4f\xff\x51": "JPEG 2000",
    b"\xff\x0a": "JPEG XL",
    b"\0\0\0\x0cJXL ": "JPEG XL",
    b"qoif": "QOI",
    b"<svg": "SVG",
    b"v/1\1": "OpenEXR",
    b"#?RADIANCE": "Radiance HDR",
    b"icns": "an icon",
}
"""Kinds that people take for images and that are not read, as they are called."""
_BRANDS = {b"heic": "HEIC", b"heix": "HEIC", b"hevc": "HEIC", b"mif1": "HEIC", b"msf1": "HEIC", b"avif": "AVIF"} | {
    b"avis": "AVIF",
    b"crx ": "a camera's raw file",
}
"""What an ISO media file says it is, from its ninth byte on."""


def image_kind(head: bytes) -> Kind | None:
    """The kind of image that the bytes begin, if it is one that is read here."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WebP"
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return "BMP"
    return next((kind for start, kind in _STARTS.items() if head.startswith(start)), None)


def foreign_kind(head: bytes) -> str | None:
    """What the bytes begin instead, where it has a name: "HEIC", "PostScript"."""
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "a video")
    return next((kind for start, kind in _FOREIGN.items() if head.startswith(start)), None)
