"""Small tensors reach their device."""

import torch

from sspcm.method.send import send


def test_a_tensor_that_is_where_it_should_be_is_not_copied():
    tensor = torch.arange(3)
    assert send(tensor, torch.device("cpu")) is tensor


def test_a_tensor_arrives_on_another_device():
    assert send(torch.arange(3), torch.device("meta")).device.type == "meta"
