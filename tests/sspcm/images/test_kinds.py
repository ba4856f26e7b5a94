"""A file's kind is what its first bytes say, not its name."""

import io

import pytest
from PIL import Image

from sspcm.images.kinds import HEAD, foreign_kind, image_kind


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WebP", "BMP", "TIFF", "GIF"])
def test_the_six_kinds_are_known_by_their_first_bytes(kind: str) -> None:
    content = io.BytesIO()
    Image.new("RGB", (4, 4)).save(content, kind.upper())
    head = content.getvalue()[:HEAD]
    assert (image_kind(head), foreign_kind(head)) == (kind, None)


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"%!PS-Adobe-3.0 EPSF-3.0", "PostScript"),
        (b"\0\0\0\x1cftypavif", "AVIF"),
        (b"\0\0\0\x18ftypheic", "HEIC"),
        (b"\0\0\0\x20ftypisom", "a video"),
        (b"8BPS\0\1", "a Photoshop file"),
        (b"<svg xmlns=", "SVG"),
    ],
)
def test_what_people_take_for_an_image_is_called_by_its_name(head: bytes, name: str) -> None:
    assert (image_kind(head), foreign_kind(head)) == (None, name)


@pytest.mark.parametrize("head", [b"", b"BM", b"BMW is a car, no bitmap", b"RIFF....WAVE", b"GIF", b"hello"])
def test_what_only_begins_like_an_image_is_none(head: bytes) -> None:
    assert image_kind(head) is foreign_kind(head) is None
