"""Files that a folder of images may hold: odd kinds, odd names, broken in every way. A seed gives the same again."""

import io
import random
import struct
import zlib
from collections.abc import Iterator

import numpy as np
from PIL import Image

KINDS = {
    "JPEG": ".jpg",
    "PNG": ".png",
    "WEBP": ".webp",
    "TIFF": ".tif",
    "BMP": ".bmp",
    "GIF": ".gif",
    "AVIF": ".jpg",
    "EPS": ".jpg",
    "PDF": ".jpg",
    "ICO": ".png",
    "ICNS": ".png",
    "PPM": ".jpg",
    "TGA": ".jpg",
    "PCX": ".jpg",
    "DDS": ".jpg",
    "SGI": ".tif",
    "JPEG2000": ".jpg",
}
NAMES = (
    "a",
    "\u246001",
    "\u00b2",
    "\u0663",
    "caf\u00e9",
    "cafe\u0301",
    "a b",
    "a%20b",
    "#1",
    "\u202ex",
    "A.B.C",
    "\n",
    "'\"",
    "-",
    "~",
)
SUFFIXES = ("", ".JPG", ".jfif", ".jpe", ".GIF", ".jpeg2", ".tmp", ".heic", ".txt", ".PNG ", ".mpo", ".img")


def odd_files(seed: int, count: int) -> Iterator[tuple[str, bytes]]:
    """Names and contents, no two names alike."""
    rng = random.Random(seed)
    for number in range(count):
        kind = rng.choice(list(KINDS))
        content = broken(image_bytes(kind, rng), rng) if rng.random() < 0.6 else image_bytes(kind, rng)
        if rng.random() < 0.1:
            content = rng.choice((b"", b"\0" * 300, rng.randbytes(300), b"{}", b"\xff\xd8\xff", b"BM", whale(rng)))
        suffix = rng.choice(SUFFIXES) if rng.random() < 0.4 else KINDS[kind]
        yield f"{number}{rng.choice(NAMES)}{suffix}", content


def image_bytes(kind: str, rng: random.Random) -> bytes:
    """A small image of a kind and of any mode that the kind holds."""
    grain = np.random.default_rng(rng.randrange(2**32))
    width, height = rng.randrange(1, 60), rng.randrange(1, 60)
    modes = ["RGB", "L", "RGBA", "P", "1", "CMYK", "LA", "I;16"]
    rng.shuffle(modes)
    for mode in [*modes, "RGB"]:
        if mode == "I;16":
            image = Image.fromarray(grain.integers(0, 2**12, (height, width), dtype=np.uint16))
        else:
            image = Image.fromarray(grain.integers(0, 256, (height, width, 3), dtype=np.uint8)).convert(mode)
        tags = Image.Exif()
        tags[274] = rng.randrange(0, 10)
        buffer = io.BytesIO()
        try:
            image.save(buffer, kind, exif=tags)
        except (OSError, ValueError, KeyError, RuntimeError, SystemError, DeprecationWarning):
            continue
        return buffer.getvalue()
    return b""


def broken(content: bytes, rng: random.Random) -> bytes:
    """Cut, with bits turned, with a hole, with something put in, or with its numbers made huge."""
    if not content:
        return content
    data = bytearray(content)
    at = rng.randrange(len(data))
    match rng.randrange(5):
        case 0:
            del data[at:]
        case 1:
            for _ in range(rng.randrange(1, 20)):
                data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        case 2:
            data[at : at + 60] = bytes(len(data[at : at + 60]))
        case 3:
            data[at:at] = rng.randbytes(rng.randrange(1, 40))
        case _:
            place = rng.randrange(min(len(data), 60))
            data[place : place + 4] = b"\xff\xff\xff\x7f"[: len(data[place : place + 4])]
    return bytes(data)


def whale(rng: random.Random) -> bytes:
    """A PNG of a few bytes that declares more pixels than anybody has."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    side = rng.choice((20_000, 100_000, 2**31 - 1))
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, rng.choice((1, 8)), 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
