"""Cut-Occlude covers the keypoints it means to cover."""

import pytest
import torch

from sspcm.occlude import cut_occlude


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
