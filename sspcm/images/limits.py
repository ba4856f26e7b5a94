"""How large an image may be, so that one file cannot take all memory."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """The largest image that is read: its pixels once decoded, its longer side, and its file."""

    pixels: int = 100_000_000
    side: int = 32_766
    """OpenCV cuts out of nothing longer."""
    file_bytes: int = 200_000_000


USUAL = Limits()
UNLIMITED = Limits(pixels=2**30, file_bytes=2**31 - 1)
"""What OpenCV itself reads at most."""
