"""Image, points and heatmap of a view stay together."""

import math

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from sspcm.config import ViewsConfig
from sspcm.method.views import about_centre, heatmap_counterpart, normalise, sample_easy, sample_hard, transform, warp
from sspcm.networks.heatmaps import STRIDE

pytestmark = pytest.mark.usefixtures("one_thread")


def gaussian(x: float, y: float, *, height: int, width: int, sigma: float) -> torch.Tensor:
    columns, rows = torch.arange(float(width)), torch.arange(float(height))
    return torch.exp(-((columns[None] - x) ** 2 + (rows[:, None] - y) ** 2) / (2 * sigma**2))[None, None]


def centre_of_mass(maps: torch.Tensor) -> torch.Tensor:
    rows, columns = torch.meshgrid(*(torch.arange(float(size)) for size in maps.shape[-2:]), indexing="ij")
    return torch.stack([(maps[0, 0] * axis).sum() for axis in (columns, rows)]) / maps.sum()


@pytest.mark.parametrize("degrees", [-60.0, -30.0, 0.0, 45.0, 60.0])
@pytest.mark.parametrize("gain", [0.8, 1.0, 1.3])
def test_image_heatmap_and_point_agree_after_a_hard_view(degrees, gain):
    height, width, x, y = 128, 96, 60.0, 52.0
    matrix = about_centre(torch.tensor([math.radians(degrees)]), torch.tensor([gain]), height=height, width=width)
    image = warp(gaussian(x, y, height=height, width=width, sigma=8.0), matrix, height=height, width=width)
    heatmap = warp(
        gaussian(x / STRIDE, y / STRIDE, height=32, width=24, sigma=2.0),
        heatmap_counterpart(matrix),
        height=32,
        width=24,
    )
    point = transform(matrix, torch.tensor([[[x, y]]]))[0, 0] / STRIDE
    in_image, in_heatmap = centre_of_mass(image) / STRIDE, centre_of_mass(heatmap)
    assert (in_image - in_heatmap).norm() < 0.1
    assert (point - in_heatmap).norm() < 0.1


@pytest.mark.parametrize(("kind", "least", "most"), [("correct", 0.0, 0.1), ("legacy", 0.3, 1.0)])
def test_at_sixty_degrees_either_way_only_the_correct_warp_keeps_image_and_heatmap_together(kind, least, most):
    """Apart, in heatmap pixels: the released theta turns each grid about its own centre (method.md section 2)."""
    views = ViewsConfig(warp=kind, hard_rotation_std=3600.0, hard_rotation_p=1.0, scale_std=0.0)
    hard = sample_hard(8, views, height=128, width=96, generator=torch.Generator().manual_seed(0))
    image, heatmap = (
        gaussian(60.0 / size, 52.0 / size, height=128 // size, width=96 // size, sigma=8.0 / size).expand(8, -1, -1, -1)
        for size in (1, STRIDE)
    )
    turned = warp(image, hard.image, height=128, width=96), warp(heatmap, hard.heatmap, height=32, width=24)
    apart = [
        (centre_of_mass(in_image[None]) / STRIDE - centre_of_mass(in_heatmap[None])).norm().item()
        for in_image, in_heatmap in zip(*turned, strict=True)
    ]
    assert least <= min(apart) and max(apart) < most
    assert len({round(distance, 3) for distance in apart}) == 2 or kind == "correct"  # both ways came up


def test_a_positive_turn_is_clockwise_on_the_screen():
    matrix = about_centre(torch.tensor([math.pi / 2]), torch.ones(1), height=101, width=101)
    assert transform(matrix, torch.tensor([[[50.0, 0.0]]]))[0, 0].tolist() == pytest.approx([100.0, 50.0], abs=1e-4)


def test_the_legacy_warp_is_the_released_theta_on_image_and_heatmap():
    height, width = 64, 48
    views = ViewsConfig(warp="legacy", hard_rotation_p=1.0)
    hard = sample_hard(3, views, height=height, width=width, generator=torch.Generator().manual_seed(0))
    again = sample_hard(3, views, height=height, width=width, generator=torch.Generator().manual_seed(0))
    assert torch.equal(hard.image, again.image)
    for maps, matrices, (h, w) in (
        (torch.rand(3, 2, height, width), hard.image, (height, width)),
        (torch.rand(3, 2, height // 4, width // 4), hard.heatmap, (height // 4, width // 4)),
    ):
        to_normalised = torch.tensor([[2 / w, 0, 1 / w - 1], [0, 2 / h, 1 / h - 1], [0, 0, 1]])
        theta = to_normalised @ torch.linalg.inv(matrices) @ torch.linalg.inv(to_normalised)
        assert torch.allclose(theta[:, 0, 0], theta[:, 1, 1], atol=1e-5)
        assert torch.allclose(theta[:, 0, 1], -theta[:, 1, 0], atol=1e-5)
        assert theta[:, :2, 2].abs().max() < 1e-5  # about each grid's own centre
        grid = torch.nn.functional.affine_grid(theta[:, :2], [3, 2, h, w], align_corners=False)
        reference = torch.nn.functional.grid_sample(maps, grid, align_corners=False)
        assert torch.allclose(warp(maps, matrices, height=h, width=w), reference, atol=1e-4)


def test_the_correct_warp_is_rigid_where_the_legacy_one_shears():
    def stretch(warp_kind: str) -> float:
        views = ViewsConfig(warp=warp_kind, hard_rotation_p=1.0)
        hard = sample_hard(200, views, height=256, width=192, generator=torch.Generator().manual_seed(4))
        values = torch.linalg.svdvals(hard.image[:, :2, :2])
        return (values[:, 0] / values[:, 1]).max().item()

    assert stretch("correct") == pytest.approx(1.0, abs=1e-4)
    assert stretch("legacy") == pytest.approx(1.65, abs=0.05)  # at 60 degrees, method.md section 2


def test_easy_views_turn_scale_and_mirror_as_often_as_set():
    views = ViewsConfig()
    matrices, mirrored = sample_easy(4000, views, height=96, width=96, generator=torch.Generator().manual_seed(0))
    determinant = torch.linalg.det(matrices[:, :2, :2])
    assert torch.equal(determinant < 0, mirrored)
    assert mirrored.float().mean().item() == pytest.approx(0.5, abs=0.03)
    upright = (matrices[:, 1, 0].abs() < 1e-6).float().mean().item()
    assert upright == pytest.approx(0.4, abs=0.03)
    gains = determinant.abs().sqrt()
    assert gains.min() >= 1 / 1.25 - 1e-5 and gains.max() <= 1 / 0.75 + 1e-5


def test_a_mirrored_view_swaps_the_outermost_columns():
    views = ViewsConfig(flip_p=1.0, easy_rotation_p=0.0, scale_std=0.0)
    matrices, _ = sample_easy(1, views, height=8, width=8, generator=torch.Generator().manual_seed(0))
    image = torch.arange(64.0).view(1, 1, 8, 8)
    assert torch.allclose(warp(image, matrices, height=8, width=8), image.flip(-1), atol=1e-4)


def test_normalised_bytes_have_imagenets_mean_at_zero():
    grey = torch.tensor([124, 116, 104], dtype=torch.uint8).view(1, 3, 1, 1)
    assert normalise(grey).abs().max() < 0.02


TURNS, GAINS = st.floats(-math.pi / 3, math.pi / 3), st.floats(0.8, 1.33)


@given(turn=TURNS, gain=GAINS, x=st.floats(10, 37), y=st.floats(14, 49))
def test_a_bright_dot_goes_where_its_point_goes(turn, gain, x, y):
    matrix = about_centre(torch.tensor([turn]), torch.tensor([gain]), height=64, width=48)
    place = transform(torch.linalg.inv(matrix), torch.tensor([[[x, y]]]))[
        0, 0
    ].tolist()  # of the dot that is to appear at x, y
    assume(min(*place, 47 - place[0], 63 - place[1]) >= 7)
    source = gaussian(*place, height=64, width=48, sigma=2.0)
    view = warp(source, matrix, height=64, width=48)
    assert centre_of_mass(view).tolist() == pytest.approx([x, y], abs=0.05)


@given(turn=TURNS, gain=GAINS, seed=st.integers(0, 2**31))
def test_a_view_undone_gives_the_interior_back(turn, gain, seed):
    rows, columns = torch.meshgrid(torch.arange(64.0), torch.arange(48.0), indexing="ij")
    phase, direction = torch.rand(2, 3, 1, 1, generator=torch.Generator().manual_seed(seed)) * 2 * math.pi
    waves = torch.sin(phase + (direction.cos() * columns + direction.sin() * rows) / 5)  # a wave is 31 pixels long
    maps = torch.stack((*waves, torch.ones(64, 48)))[None]
    matrix = about_centre(torch.tensor([turn]), torch.tensor([gain]), height=64, width=48)
    there = warp(maps, matrix, height=64, width=48)
    back = warp(there, torch.linalg.inv(matrix), height=64, width=48)
    interior = back[0, 3] > 0.999
    assert interior.sum() > 600
    assert (back - maps)[0, :3, interior].abs().max() < 0.03


@given(seed=st.integers(0, 2**31), size=st.sampled_from([(8, 8), (12, 9), (9, 12)]))
def test_a_mirror_twice_is_none(seed, size):
    height, width = size
    views = ViewsConfig(flip_p=1.0, easy_rotation_p=0.0, scale_std=0.0)
    generator = torch.Generator().manual_seed(seed)
    mirror, _ = sample_easy(2, views, height=height, width=width, generator=generator)
    images, xy = torch.rand(2, 3, height, width, generator=generator), torch.rand(2, 5, 2, generator=generator) * 8
    once = warp(images, mirror, height=height, width=width)
    assert torch.allclose(once, images.flip(-1), atol=1e-4)
    assert torch.allclose(warp(once, mirror, height=height, width=width), images, atol=1e-4)
    assert torch.allclose(transform(mirror, transform(mirror, xy)), xy, atol=1e-5)


@given(seed=st.integers(0, 2**31), kind=st.sampled_from(["correct", "legacy"]))
def test_views_of_a_batch_in_another_order_are_its_views_in_that_order(seed, kind):
    generator = torch.Generator().manual_seed(seed)
    hard = sample_hard(4, ViewsConfig(warp=kind), height=32, width=24, generator=generator)
    maps, order = torch.rand(4, 2, 32, 24, generator=generator), torch.randperm(4, generator=generator)
    straight = warp(maps, hard.image, height=32, width=24)
    assert torch.allclose(warp(maps[order], hard.image[order], height=32, width=24), straight[order], atol=1e-6)
