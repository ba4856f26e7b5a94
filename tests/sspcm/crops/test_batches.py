"""Batches of crops come as they were asked for."""

import pytest
import torch

from sspcm.crops.batches import Crops, CropsInMemory, Frame


@pytest.mark.parametrize(("height", "width"), [(64, 32), (65, 33), (256, 192), (1, 1)])
def test_a_stored_crop_has_the_input_exactly_in_its_middle(height, width):
    frame = Frame(height, width)
    dx, dy = frame.shift
    assert (frame.stored_width - width, frame.stored_height - height) == (2 * dx, 2 * dy)
    assert 1.4 * height <= frame.stored_height + 1 and frame.stored_height <= 1.6 * height + 1


def test_crops_in_memory_come_in_the_order_asked_for_and_as_often():
    frame = Frame(4, 2)
    crops = torch.arange(3, dtype=torch.uint8)[:, None, None, None].expand(
        3, 3, frame.stored_height, frame.stored_width
    )
    kept = CropsInMemory(crops, frame)
    assert isinstance(kept, Crops) and len(kept) == 3
    with kept.opened():
        assert kept.request([2, 0, 2]).result()[:, 0, 0, 0].tolist() == [2, 0, 2]
        assert kept.request([]).result().shape == (0, 3, frame.stored_height, frame.stored_width)


def test_crops_of_another_size_are_refused():
    with pytest.raises(ValueError, match=r"found crops of shape \(3, 4, 2\); wanted \(3, 6, 2\)"):
        CropsInMemory(torch.zeros(1, 3, 4, 2, dtype=torch.uint8), Frame(4, 2))
