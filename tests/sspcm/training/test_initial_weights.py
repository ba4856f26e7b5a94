"""Networks start where the settings say."""

from dataclasses import replace

import pytest
import torch
from safetensors.torch import save_file
from torchvision import models

from sspcm.config import METHODS, ConfigError
from sspcm.method.trio import build_trio
from sspcm.models.checkpoint import save_networks
from sspcm.training.initial_weights import start_networks


def first_weight(network) -> torch.Tensor:
    return next(iter(network.state_dict().values()))


def test_a_file_of_published_weights_fills_trunks_and_b_may_have_its_own(tmp_path, tiny, skeleton):
    files = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        files.append(tmp_path / f"shufflenet{seed}.safetensors")
        save_file(models.shufflenet_v2_x0_5(weights=None).state_dict(), files[-1])
    model = replace(tiny.model, weights=str(files[0]), weights_b=str(files[1]))
    trio = build_trio(model, keypoints=5, seed=0)
    head_before = trio.a.head[-1].weight.clone()
    assert not start_networks(trio, model, skeleton), "their heads are random"
    assert torch.equal(first_weight(trio.a), first_weight(trio.c))
    assert not torch.equal(first_weight(trio.a), first_weight(trio.b))
    assert torch.equal(trio.a.head[-1].weight, head_before)
    assert torch.equal(first_weight(trio.a_prev), first_weight(trio.a))


def test_a_method_without_a_student_starts_two_networks_from_a_folder(tiny, skeleton, tmp_path):
    earlier = build_trio(tiny.model, keypoints=5, seed=4)
    save_networks(tmp_path, earlier.shipped(), skeleton=skeleton, model=tiny.model)
    model = replace(tiny.model, weights=str(tmp_path))
    trio = build_trio(model, keypoints=5, seed=0, method=METHODS["dualpose"])
    assert start_networks(trio, model, skeleton) == {"A", "B"}
    assert torch.equal(first_weight(trio.a), first_weight(earlier.a))
    assert torch.equal(first_weight(trio.b), first_weight(earlier.b))


def test_random_weights_stay_as_they_were_built(tiny, skeleton):
    trio, same = (build_trio(tiny.model, keypoints=5, seed=0) for _ in range(2))
    assert not start_networks(trio, tiny.model, skeleton)
    assert torch.equal(first_weight(trio.a), first_weight(same.a))


def test_of_a_folder_those_start_whole_whom_it_fills_to_the_last_layer(tiny, skeleton, tmp_path):
    """A; not B, whose trunk comes from elsewhere; not a student of another backbone that the folder does not have."""
    folder, other = tmp_path / "earlier", tmp_path / "shufflenet.safetensors"
    folder.mkdir()
    earlier = build_trio(tiny.model, keypoints=5, seed=4, method=METHODS["dualpose"])
    networks = {"A": earlier.a, "B": earlier.b}
    save_networks(folder, networks, skeleton=skeleton, model=tiny.model)
    save_file(models.shufflenet_v2_x0_5(weights=None).state_dict(), other)

    def whole(**settings: str) -> frozenset[str]:
        model = replace(tiny.model, weights=str(folder), **settings)
        return start_networks(build_trio(model, keypoints=5, seed=0), model, skeleton)

    assert whole() == {"A", "B", "C"}
    assert whole(weights_b=str(other)) == {"A", "C"}
    assert whole(student_backbone="resnet18") == {"A", "B"}


@pytest.mark.parametrize("word", ["random", "imagenet"])
def test_a_folder_of_that_name_does_not_hide_the_word(tiny, skeleton, tmp_path, monkeypatch, word):
    monkeypatch.chdir(tmp_path)
    (tmp_path / word).mkdir()
    model = replace(tiny.model, weights=word)
    try:
        start_networks(build_trio(model, keypoints=5, seed=0), model, skeleton)
    except ConfigError as error:
        assert word == "imagenet" and "model.json" not in str(error)  # offline: it meant the published weights


def test_weights_that_are_nowhere_are_named(tiny, skeleton):
    model = replace(tiny.model, weights="imagnet")
    with pytest.raises(ConfigError, match=r"model.weights is 'imagnet'.*wanted \"random\", \"imagenet\""):
        start_networks(build_trio(model, keypoints=5, seed=0), model, skeleton)
