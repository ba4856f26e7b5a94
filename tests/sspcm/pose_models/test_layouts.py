"""Layouts are told by shapes alone."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sspcm.networks.heatmaps import decode_subpixel
from sspcm.pose_models.layouts import Frame, Tensor, decode_peaks, read_input, recognise

ROWS = Frame("rows", 256, 256, 1, "int32")
PLANES = Frame("planes", 256, 192, None, "float")


@pytest.mark.parametrize(
    ("frame", "outputs", "kind"),
    [
        (ROWS, {"poses": (1, 1, 17, 3)}, "movenet"),
        (ROWS, {"poses": (1, 6, 56)}, None),
        (PLANES, {"maps": (2, 17, 64, 48)}, "heatmaps"),
        (PLANES, {"maps": (2, 85, 16, 12)}, None),
        (PLANES, {"maps": (2, 17, 64, 64)}, None),
        (PLANES, {"simcc_x": (2, 17, 384), "simcc_y": (2, 17, 512)}, "simcc"),
        (PLANES, {"one": (2, 17, 512), "other": (2, 17, 384)}, "simcc"),
        (PLANES, {"simcc_x": (2, 17, 512), "simcc_y": (2, 17, 384)}, None),
        (PLANES, {"simcc_x": (2, 133, 384), "simcc_y": (2, 133, 512)}, None),
    ],
)
def test_shapes_tell_the_layout(frame: Frame, outputs: dict[str, tuple[int, ...]], kind: str | None) -> None:
    found = recognise(frame, outputs)
    assert (found and found.kind) == kind


def test_axes_of_one_length_are_told_apart_by_their_names() -> None:
    square = Frame("planes", 64, 64, 1, "float")
    layout = recognise(square, {"simcc_y": (1, 17, 128), "simcc_x": (1, 17, 128)})
    assert layout is not None
    xs, ys = np.zeros((1, 17, 128)), np.zeros((1, 17, 128))
    xs[..., 10], ys[..., 90] = 0.9, 0.8
    assert layout.decode({"simcc_y": ys, "simcc_x": xs})[0, 0].tolist() == [5.0, 45.0, 0.8]


@pytest.mark.parametrize(
    ("shape", "dtype", "kind"),
    [
        ((1, 192, 192, 3), "uint8", "rows"),
        ((None, 3, 256, 192), "float", "planes"),
        ((1, 3, None, None), "float", None),
        ((1, 1, 28, 28), "float", None),
        ((1, 3, 256, 192), "uint8", None),
        ((1, 256, 256, 3), "double", None),
        ((1, 1000), "float", None),
    ],
)
def test_an_input_is_a_picture_of_a_fixed_size(shape: tuple[int | None, ...], dtype: str, kind: str | None) -> None:
    found = read_input([Tensor("in", shape, dtype)])
    assert (found and found.kind) == kind


@given(st.integers(0, 2**31 - 1))
def test_peaks_are_decoded_as_the_torch_half_decodes_them(seed: int) -> None:
    maps = np.random.default_rng(seed).random((2, 3, 7, 5))
    ours, _ = decode_peaks(maps)
    assert np.allclose(ours, decode_subpixel(torch.from_numpy(maps)).numpy())
