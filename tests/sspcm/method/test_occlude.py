"""Occluders cover the keypoints they mean to cover, and nothing else changes."""

from itertools import product

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sspcm.config import ViewsConfig
from sspcm.method.occlude import (
    Windows,
    blank,
    cut_occlude,
    cutmix,
    cutout,
    draw_joint_cutout,
    joint_cutout,
    largest_half,
    occlude,
)

pytestmark = pytest.mark.usefixtures("one_thread")


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def people(count: int, *, height: int, width: int, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Flat images, each of its own number, and one keypoint each, spread as people's are (method.md section 7)."""
    generator = torch.Generator().manual_seed(seed)
    images = torch.arange(1.0, count + 1).view(-1, 1, 1, 1).expand(-1, 3, height, width)
    spread = torch.tensor([width * 28 / 192, height * 55 / 256])
    xy = torch.tensor([width / 2, height / 2]) + torch.randn(count, 1, 2, generator=generator) * spread
    size = torch.tensor([width - 1.0, height - 1.0])
    return images, xy.clamp(min=torch.zeros(2), max=size)


def covered_share(*, transposed: bool, height: int = 256, width: int = 192) -> float:
    images, xy = people(600, height=height, width=width)
    occluded = cut_occlude(images, xy, patches=1, generator=torch.Generator().manual_seed(1), transposed=transposed)
    column, row = xy[:, 0].long().unbind(-1)
    people_index = torch.arange(len(images))
    return (occluded != images)[people_index, 0, row, column].float().mean().item()


@pytest.mark.parametrize(("height", "width"), [(256, 192), (96, 96)])
def test_a_patch_covers_its_keypoint_in_most_draws(height, width):
    assert covered_share(transposed=False, height=height, width=width) > 0.6


def test_the_released_codes_transposed_patches_mostly_miss():
    assert covered_share(transposed=True) < 0.25


def test_patches_are_cut_from_the_unmodified_images():
    images, xy = people(6, height=96, width=96)
    occluded = cut_occlude(images, xy, patches=4, generator=torch.Generator().manual_seed(2))
    foreign = [set(image.unique().tolist()) - {0.0, number} for number, image in enumerate(occluded, start=1)]
    assert all(len(mates) <= 1 for mates in foreign)  # of a mate already pasted over, a third person's would show
    assert sum(map(len, foreign)) >= 3
    assert images[:, 0, 0, 0].tolist() == [1, 2, 3, 4, 5, 6]


def test_a_pasted_patch_is_a_shifted_copy_of_its_source():
    image = torch.arange(64.0 * 64).view(1, 1, 64, 64).expand(1, 3, 64, 64)
    xy = torch.tensor([[[30.0, 30.0], [40.0, 20.0]]])
    pasted = []
    for seed in range(12):
        occluded = cut_occlude(image, xy, patches=1, generator=torch.Generator().manual_seed(seed))
        changed = occluded != image
        assert len((occluded - image)[changed].unique()) <= 1  # every pixel from equally far away
        pasted.append(int(changed.sum()))
    assert max(pasted) <= 3 * 10 * 10  # half sizes of 2 to 5 pixels at this height
    assert sum(size > 0 for size in pasted) >= 4  # one seed in two copies a keypoint onto itself


def test_a_window_whose_source_lies_outside_becomes_zero():
    images = torch.ones(1, 3, 64, 64)
    xy = torch.tensor([[[32.0, 32.0], [500.0, 500.0]]])
    outcomes = [
        cut_occlude(images, xy, patches=1, generator=torch.Generator().manual_seed(seed)).min().item()
        for seed in range(20)
    ]
    assert 0.0 in outcomes


def test_the_same_generator_state_gives_the_same_patches():
    images, xy = people(8, height=96, width=96)
    first, second = (cut_occlude(images, xy, patches=2, generator=torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(first, second)


def numbered(count: int, *, height: int, width: int) -> torch.Tensor:
    """Images no two of whose pixels are alike, and none zero."""
    return torch.arange(1.0, 3 * count * height * width + 1).view(count, 3, height, width)


def blanked_share(*, clamped: bool, rows: slice = slice(0, 256)) -> float:
    """Of the crops with their keypoint in these rows: how many have it in their hole."""
    images, xy = people(600, height=256, width=192)
    occluded = joint_cutout(images, xy, holes=1, generator=seeded(1), clamped=clamped)
    column, row = xy[:, 0].long().unbind(-1)
    hit = occluded[torch.arange(len(images)), 0, row, column] == 0
    return hit[(row >= rows.start) & (row < rows.stop)].float().mean().item()


def test_a_hole_covers_its_keypoint_in_most_draws():
    assert blanked_share(clamped=False) > 0.6
    assert blanked_share(clamped=False, rows=slice(192, 256)) > 0.5  # some lie on the border, and their hole beyond it


def test_the_released_codes_holes_never_reach_the_lowest_quarter():
    assert blanked_share(clamped=True, rows=slice(192, 256)) == 0
    images, xy = people(200, height=256, width=192)
    low = xy.new_tensor([96.0, 230.0]).expand_as(xy)
    clamped, correct = (
        joint_cutout(images, low, holes=5, generator=seeded(2), clamped=clamped) for clamped in (True, False)
    )
    assert torch.equal(clamped[:, :, 192:], images[:, :, 192:])
    assert (correct[:, :, 192:] == 0).flatten(1).any(1).float().mean() > 0.95
    assert torch.equal(clamped[:, :, :192], correct[:, :, :192])


@given(seed=st.integers(0, 2**31), holes=st.integers(1, 4))
def test_holes_are_zero_and_nothing_else_changes(seed, holes):
    images = numbered(3, height=48, width=32)
    for occluded in (
        cutout(images, holes=holes, generator=seeded(seed)),
        joint_cutout(images, torch.full((3, 2, 2), 20.0), holes=holes, generator=seeded(seed)),
    ):
        hole = occluded == 0
        assert torch.equal(occluded[~hole], images[~hole])
        assert torch.equal(hole, hole[:, :1].expand_as(hole))  # a hole goes through all colours
        assert hole[:, 0].flatten(1).sum(1).max() <= holes * (2 * largest_half(48)) ** 2


def blank_one_by_one(images: torch.Tensor, windows: Windows, *, rows_below: int | None) -> torch.Tensor:
    blanked, (height, width) = images.clone(), images.shape[2:]
    for window, person in product(range(len(windows.centre)), range(len(images))):
        (x, y), (across, down) = windows.centre[window, person].tolist(), windows.half[window, person].tolist()
        top, bottom = max(0, y - down), max(0, min(y + down, height if rows_below is None else rows_below))
        left, right = max(0, x - across), max(0, min(x + across, width))
        blanked[person, :, top:bottom, left:right] = 0
    return blanked


@given(seed=st.integers(0, 2**31), rows_below=st.sampled_from([None, 24, 32]))
def test_blanked_windows_are_the_loops_wherever_they_lie(seed, rows_below):
    images = numbered(4, height=48, width=32)
    xy = torch.rand(4, 3, 2, generator=seeded(seed)) * torch.tensor([60.0, 80.0]) - 15  # many at and beyond the border
    windows = draw_joint_cutout(xy, height=48, holes=3, generator=seeded(seed))
    wanted = blank_one_by_one(images, windows, rows_below=rows_below)
    assert torch.equal(blank(images, windows, rows_below=rows_below), wanted)


@given(seed=st.integers(0, 2**31))
def test_cutmix_shows_one_mates_pixels_of_the_same_place(seed):
    images = numbered(5, height=48, width=32)
    mixed = cutmix(images, patches=2, generator=seeded(seed))
    for image, own in zip(mixed, images, strict=True):
        changed = image != own
        mates = [mate for mate in images if torch.equal(image[changed], mate[changed])]
        assert len(mates) == (1 if changed.any() else len(images))
        assert torch.equal(image[~changed], own[~changed])


@pytest.mark.parametrize("legacy", [False, True])
def test_a_combination_is_its_parts_one_after_the_other_with_one_generator(legacy):
    images, xy = numbered(4, height=48, width=32), torch.rand(4, 5, 2, generator=seeded(0)) * 32
    views = ViewsConfig(occlusion="legacy" if legacy else "correct", occlusion_patches=2, cutout_patches=3)
    joined, by_hand = seeded(7), seeded(7)

    pasted = cut_occlude(images, xy, patches=2, generator=by_hand, transposed=legacy)
    joco = cutout(pasted, holes=3, generator=by_hand)
    assert torch.equal(occlude(images, xy, "joco", views, generator=joined), joco)

    holed = joint_cutout(images, xy, holes=3, generator=by_hand, clamped=legacy)
    jccm = cutmix(holed, patches=2, generator=by_hand)
    assert torch.equal(occlude(images, xy, "jccm", views, generator=joined), jccm)


def test_without_occlusion_the_images_are_left_alone():
    images, xy, generator = numbered(2, height=48, width=32), torch.full((2, 3, 2), 20.0), seeded(0)
    before = generator.get_state()
    for kind, occlusion in (("none", "correct"), ("joco", "off")):
        assert occlude(images, xy, kind, ViewsConfig(occlusion=occlusion), generator=generator) is images
    assert torch.equal(generator.get_state(), before)
