"""Keypoints become heatmaps and come back."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sspcm.heatmaps import STRIDE, decode_integer, decode_subpixel, encode_heatmaps, peak


def encode_one(x: float, y: float, *, labelled: bool = True) -> tuple[torch.Tensor, torch.Tensor]:
    return encode_heatmaps(torch.tensor([[[x, y]]]), torch.tensor([[labelled]]), height=24, width=32, sigma=2.0)


def test_the_centre_is_rounded_and_the_gaussian_falls_as_worked_by_hand():
    heatmap, weight = encode_one(41.0, 22.0)  # 41 / 4 = 10.25 -> 10; 22 / 4 = 5.5 -> 6
    assert weight.item() == 1
    assert heatmap[0, 0, 6, 10] == 1
    assert heatmap[0, 0, 6, 12] == pytest.approx(math.exp(-0.5))
    assert heatmap[0, 0, 8, 12] == pytest.approx(math.exp(-1.0))
    assert heatmap[0, 0, 6, 16] > 0
    assert heatmap[0, 0, 6, 17] == 0


def test_an_unlabelled_keypoint_weighs_nothing_even_where_its_coordinates_are_nonsense():
    heatmap, weight = encode_one(float("nan"), 8.0, labelled=False)
    assert weight.item() == 0
    assert heatmap.eq(0).all()


@pytest.mark.parametrize(("x", "weighs"), [(-24.0, 1.0), (-30.0, 0.0), (32 * 4 + 20.0, 1.0), (32 * 4 + 24.0, 0.0)])
def test_a_keypoint_counts_until_its_whole_patch_lies_outside(x, weighs):
    _, weight = encode_one(x, 40.0)
    assert weight.item() == weighs


@given(st.integers(0, 31), st.integers(0, 23))
def test_decoding_an_encoded_keypoint_gives_its_pixel(u, v):
    heatmap, _ = encode_one(float(u * STRIDE), float(v * STRIDE))
    assert decode_integer(heatmap)[0, 0].tolist() == [u, v]
    assert decode_subpixel(heatmap)[0, 0].tolist() == pytest.approx([u, v], abs=1e-3)
    assert peak(heatmap).item() == 1


@given(st.floats(3, 28), st.floats(3, 20))
def test_the_subpixel_decoder_finds_a_gaussian_between_pixels(x, y):
    columns, rows = torch.arange(32.0), torch.arange(24.0)
    heatmap = 0.7 * torch.exp(-((columns[None] - x) ** 2 + (rows[:, None] - y) ** 2) / 8)
    assert decode_subpixel(heatmap).tolist() == pytest.approx([x, y], abs=0.01)
