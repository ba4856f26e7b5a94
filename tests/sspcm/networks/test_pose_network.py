"""Heatmaps are read in crop pixels, alone or with their mirror image's."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sspcm.networks.heatmaps import GRID, HeatmapGrid, decode_dark
from sspcm.networks.pose_network import mirrored_back, read_heatmaps


def blob(u: float, v: float) -> torch.Tensor:
    """A Gaussian at heatmap pixel u, v."""
    columns, rows = torch.arange(32.0), torch.arange(24.0)
    return torch.exp(-((columns[None] - u) ** 2 + (rows[:, None] - v) ** 2) / 8)[None, None]


@given(st.floats(8, 23), st.floats(8, 15))
def test_a_mirrored_crops_heatmap_comes_back_where_it_belongs(u, v):
    back = mirrored_back(blob((4 * 32 - 1) / 4 - u, v), torch.tensor([0]), GRID)
    assert decode_dark(back)[0, 0].tolist() == pytest.approx([u, v], abs=0.02)
    assert (back - blob(u, v)).abs().max() < 0.01


@given(st.floats(8, 23), st.floats(8, 15))
def test_where_pixels_stand_for_the_middle_of_their_cells_the_mirror_only_turns_the_columns(u, v):
    grid = HeatmapGrid(stride=4, shift=1.5)
    crop_x = grid.to_crop(torch.tensor(u)).item()
    mirrored = grid.to_heatmap(torch.tensor(4 * 32 - 1 - crop_x)).item()
    assert (mirrored_back(blob(mirrored, v), torch.tensor([0]), grid) - blob(u, v)).abs().max() < 1e-4


@given(st.floats(8, 23), st.floats(8, 15), st.sampled_from([GRID, HeatmapGrid(4, 1.5), HeatmapGrid(8, 0.0)]))
def test_places_are_told_in_crop_pixels_by_the_networks_own_grid(u, v, grid):
    x, y, confidence = read_heatmaps(blob(u, v), grid, "parabola")[0, 0].tolist()
    assert (x, y) == pytest.approx((grid.stride * u + grid.shift, grid.stride * v + grid.shift), abs=0.05)
    assert 0.8 < confidence <= 1
