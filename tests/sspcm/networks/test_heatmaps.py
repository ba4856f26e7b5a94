"""Keypoints become heatmaps and come back."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sspcm.networks.heatmaps import (
    DECODERS,
    STRIDE,
    HeatmapGrid,
    decode_dark,
    decode_integer,
    decode_subpixel,
    encode_exact_heatmaps,
    encode_heatmaps,
    peak,
)

pytestmark = pytest.mark.usefixtures("one_thread")


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


def gaussian(x: float, y: float, *, turn: float = 0.0, long: float = 2.0) -> torch.Tensor:
    """A Gaussian of sigma 2 drawn at any place between pixels, `long` along the direction `turn`."""
    dx, dy = torch.arange(32.0)[None] - x, torch.arange(24.0)[:, None] - y
    along, across = math.cos(turn) * dx + math.sin(turn) * dy, math.cos(turn) * dy - math.sin(turn) * dx
    return 0.7 * torch.exp(-(along**2) / (2 * long**2) - across**2 / 8)


@pytest.mark.parametrize(
    ("decoder", "apart"), [("integer", 0.501), ("quarter", 0.3), ("parabola", 0.02), ("dark", 0.02)]
)
@given(x=st.floats(8, 23), y=st.floats(8, 15))
def test_each_decoder_finds_a_gaussian_between_pixels(decoder, apart, x, y):
    assert DECODERS[decoder](gaussian(x, y)).tolist() == pytest.approx([x, y], abs=apart)


@given(st.floats(8, 23), st.floats(8, 15), st.floats(0, math.pi))
def test_dark_alone_finds_a_slanted_gaussian(x, y, turn):
    assert decode_dark(gaussian(x, y, turn=turn, long=3.0)).tolist() == pytest.approx([x, y], abs=0.08)


@pytest.mark.parametrize("decoder", DECODERS)
@given(seed=st.integers(0, 10_000))
def test_every_decoder_sees_in_a_mirror_what_it_sees_without(decoder, seed):
    heatmaps = torch.rand(4, 3, 9, 12, generator=torch.Generator().manual_seed(seed))
    straight, mirrored = (DECODERS[decoder](maps) for maps in (heatmaps, heatmaps.flip(-1)))
    assert torch.allclose(mirrored[..., 0], 11 - straight[..., 0], atol=1e-3)
    assert torch.allclose(mirrored[..., 1], straight[..., 1], atol=1e-3)


@pytest.mark.parametrize("decoder", DECODERS)
def test_no_decoder_leaves_the_map_or_trips_over_an_empty_one(decoder):
    awkward = torch.stack([torch.zeros(9, 12), -torch.ones(9, 12), torch.eye(12)[:9], gaussian(0, 0)[:9, :12]])
    found = DECODERS[decoder](awkward)
    assert torch.isfinite(found).all()
    assert (found >= 0).all() and (found <= torch.tensor([11.0, 8.0])).all()


def test_the_quarter_is_a_quarter_towards_the_higher_neighbour():
    heatmap = torch.zeros(5, 6)
    heatmap[2, 3], heatmap[2, 2], heatmap[3, 3] = 1.0, 0.5, 0.2
    assert DECODERS["quarter"](heatmap).tolist() == [2.75, 2.25]


@given(x=st.floats(-1.99, 125.9), y=st.floats(-1.99, 93.9), sigma=st.sampled_from([1.0, 2.0, 3.0]))
def test_decoding_an_encoded_keypoint_gives_its_rounded_place(x, y, sigma):
    at = torch.tensor([[[x, y]]])
    heatmap, _ = encode_heatmaps(at, torch.tensor([[True]]), height=24, width=32, sigma=sigma)
    assert torch.equal(decode_integer(heatmap), torch.floor(at / STRIDE + 0.5))


@given(x=st.floats(28, 99), y=st.floats(28, 67))
def test_a_mirrored_keypoints_heatmap_is_the_mirrored_heatmap_to_the_pixel(x, y):
    """A crop's mirror takes x to W - 1 - x: the rounded centres differ by nothing or by one pixel to the right."""
    straight, mirrored = (encode_one(at, y)[0] for at in (x, 32 * STRIDE - 1 - x))
    further_right = int((decode_integer(mirrored) - decode_integer(straight.flip(-1)))[0, 0, 0])
    assert further_right in (0, 1)
    assert torch.equal(mirrored, straight.flip(-1).roll(further_right, -1))


@given(seed=st.integers(0, 2**31))
def test_persons_and_keypoints_in_another_order_have_their_heatmaps_in_that_order(seed):
    generator = torch.Generator().manual_seed(seed)
    xy = torch.rand(4, 5, 2, generator=generator) * 160 - 30
    labelled = torch.rand(4, 5, generator=generator) < 0.7
    persons, keypoints = torch.randperm(4, generator=generator), torch.randperm(5, generator=generator)
    straight = encode_heatmaps(xy, labelled, height=24, width=32, sigma=2.0)
    shuffled = encode_heatmaps(
        xy[persons][:, keypoints], labelled[persons][:, keypoints], height=24, width=32, sigma=2.0
    )
    for one, other in zip(straight, shuffled, strict=True):
        assert torch.equal(other, one[persons][:, keypoints])


@given(st.floats(20, 100), st.floats(20, 70))
def test_an_exact_gaussian_lies_where_the_keypoint_is_on_any_grid(x, y):
    grid = HeatmapGrid(4, 1.5)
    heatmaps, weight = encode_exact_heatmaps(
        torch.tensor([[[x, y]]]), torch.ones(1, 1, dtype=torch.bool), height=24, width=32, sigma=1.5, grid=grid
    )
    assert weight.item() == 1
    assert grid.to_crop(decode_subpixel(heatmaps))[0, 0].tolist() == pytest.approx([x, y], abs=0.02)
    assert grid.to_heatmap(grid.to_crop(torch.tensor([x, y]))).tolist() == pytest.approx([x, y], abs=1e-4)
