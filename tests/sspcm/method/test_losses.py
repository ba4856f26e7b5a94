"""The heatmap loss."""

import pytest
import torch

from sspcm.method.losses import heatmap_loss


def test_the_loss_matches_a_number_worked_by_hand():
    predicted, target = torch.zeros(1, 2, 2, 2), torch.zeros(1, 2, 2, 2)
    predicted[0, 0, 0, 0] = 3.0
    predicted[0, 1, 1, 1] = 100.0  # weighs nothing
    assert heatmap_loss(predicted, target, torch.tensor([[1.0, 0.0]])).item() == pytest.approx(0.5 * 9 / 8)


def test_a_weight_counts_inside_the_square():
    predicted, target = torch.ones(1, 1, 2, 2), torch.zeros(1, 1, 2, 2)
    assert heatmap_loss(predicted, target, torch.tensor([[0.5]])).item() == pytest.approx(0.5 * 0.25)


def test_a_batch_masked_entirely_gives_zero_and_a_finite_gradient():
    predicted = torch.randn(2, 3, 4, 4, requires_grad=True)
    loss = heatmap_loss(predicted, torch.ones(2, 3, 4, 4), torch.zeros(2, 3))
    loss.backward()
    assert loss.item() == 0
    assert predicted.grad is not None and predicted.grad.eq(0).all()
