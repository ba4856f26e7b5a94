"""What heatmaps are held to."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sspcm.method.losses import cross_entropy_loss, heatmap_loss


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


def test_cross_entropy_matches_a_number_worked_by_hand():
    predicted, target = torch.tensor([[[[3.0, 1.0]]]]), torch.tensor([[[[0.5, 0.5]]]])
    expected = -0.5 * (math.log(0.75) + math.log(0.25))
    assert cross_entropy_loss(predicted, target, torch.ones(1, 1)).item() == pytest.approx(expected)


@given(st.floats(1e-3, 1e3))
def test_cross_entropy_asks_for_no_height(factor):
    generator = torch.Generator().manual_seed(0)
    predicted, target = torch.rand(2, 3, 4, 4, generator=generator), torch.rand(2, 3, 4, 4, generator=generator)
    plain, higher = (cross_entropy_loss(one, target, torch.ones(2, 3)) for one in (predicted, factor * predicted))
    assert higher.item() == pytest.approx(plain.item(), rel=1e-4)


def test_cross_entropy_moves_what_a_sigmoid_was_sure_not_to_see():
    logits = torch.full((1, 1, 4, 4), -40.0, requires_grad=True)
    target = torch.zeros(1, 1, 4, 4)
    target[0, 0, 1, 2] = 1.0
    cross_entropy_loss(torch.sigmoid(logits), target, torch.ones(1, 1)).backward()
    assert logits.grad is not None
    assert logits.grad[0, 0, 1, 2] < -0.5


def test_cross_entropy_of_a_batch_masked_entirely_is_zero_with_a_finite_gradient():
    predicted = torch.rand(2, 3, 4, 4, requires_grad=True)
    loss = cross_entropy_loss(predicted, torch.zeros(2, 3, 4, 4), torch.zeros(2, 3))
    loss.backward()
    assert loss.item() == 0
    assert predicted.grad is not None and predicted.grad.eq(0).all()
