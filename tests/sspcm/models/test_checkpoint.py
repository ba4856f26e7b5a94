"""Weights and trainings survive on disk, and wrong ones are named."""

from dataclasses import replace

import pytest
import torch

from sspcm.method.trio import build_trio
from sspcm.models.checkpoint import CheckpointError, fill, load_network, load_starting_weights, read_card, save_networks
from sspcm.networks import build_network
from sspcm.skeletons.skeleton import get_skeleton


def equal(one, other) -> bool:
    pairs = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


def test_networks_come_back_bit_for_bit(tmp_path, tiny, skeleton):
    trio = build_trio(tiny.model, keypoints=5, seed=0)
    save_networks(tmp_path, trio.networks(), skeleton=skeleton, model=tiny.model)
    other = build_trio(tiny.model, keypoints=5, seed=9)
    load_starting_weights(tmp_path, other, skeleton=skeleton, model=tiny.model)
    assert all(equal(one, two) for one, two in zip(trio.members().values(), other.members().values(), strict=True))
    assert read_card(tmp_path).keypoints == skeleton.keypoints
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_without_a_c_the_student_starts_as_a(tmp_path, tiny, skeleton):
    trio = build_trio(tiny.model, keypoints=5, seed=0)
    save_networks(tmp_path, {"A": trio.a, "B": trio.b}, skeleton=skeleton, model=tiny.model, dtype=torch.float16)
    other = build_trio(tiny.model, keypoints=5, seed=9)
    load_starting_weights(tmp_path, other, skeleton=skeleton, model=tiny.model)
    assert equal(other.c, other.a) and not equal(other.a, other.b)
    assert next(other.a.parameters()).dtype == torch.float32


def test_weights_of_another_skeleton_are_refused_by_name(tmp_path, tiny, skeleton):
    networks = {"A": build_network(tiny.model.backbone, 5, 16, 0)}
    save_networks(tmp_path, networks, skeleton=skeleton, model=tiny.model)
    with pytest.raises(CheckpointError, match=r"'stick-5' with 5 keypoints; wanted 'coco-17' with 17.*random"):
        load_starting_weights(
            tmp_path, build_trio(tiny.model, keypoints=17, seed=0), skeleton=get_skeleton("coco-17"), model=tiny.model
        )


def test_weights_of_another_width_name_the_tensor_and_the_setting(tmp_path, tiny, skeleton):
    networks = {name: build_network(tiny.model.backbone, 5, 32, 0) for name in "AB"}
    save_networks(tmp_path, networks, skeleton=skeleton, model=tiny.model)
    with pytest.raises(CheckpointError, match=r"found 'head\.\S+' of shape .* wanted .*deconv_channels"):
        load_network(tmp_path / "A.safetensors", build_network(tiny.model.backbone, 5, 16, 0))


def test_a_broken_file_and_a_missing_card_are_named(tmp_path, tiny):
    (tmp_path / "A.safetensors").write_bytes(b"not weights")
    with pytest.raises(CheckpointError, match=r"cannot read the weights .*A\.safetensors"):
        load_network(tmp_path / "A.safetensors", build_network(tiny.model.backbone, 5, 16, 0))
    with pytest.raises(CheckpointError, match=r"holds no model\.json; wanted a folder with networks"):
        read_card(tmp_path)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_weights_that_are_not_finite_are_refused_by_name(tmp_path, tiny, skeleton, value):
    network = build_network(tiny.model.backbone, 5, 16, 0)
    with torch.no_grad():
        network.head[-1].bias[2] = value
    save_networks(tmp_path, {"A": network}, skeleton=skeleton, model=tiny.model)
    other = build_network(tiny.model.backbone, 5, 16, 1)
    before = {name: tensor.clone() for name, tensor in other.state_dict().items()}
    with pytest.raises(CheckpointError, match=r"A\.safetensors .*'head\.\S*bias' of 5 numbers holds 1 that are NaN"):
        load_network(tmp_path / "A.safetensors", other)
    assert all(torch.equal(before[name], tensor) for name, tensor in other.state_dict().items())


def test_weights_that_only_64_bits_hold_and_variances_below_0_are_refused(tmp_path, tiny):
    network = build_network(tiny.model.backbone, 5, 16, 0)
    large = {name: tensor.double() if tensor.is_floating_point() else tensor for name, tensor in
             network.state_dict().items()}  # fmt: skip
    large["head.0.weight" if "head.0.weight" in large else next(iter(large))].fill_(1e300)
    with pytest.raises(CheckpointError, match="NaN or infinite"):
        fill(network, large, tmp_path / "A.safetensors")
    state = dict(network.state_dict())
    variance = next(name for name in state if name.endswith("running_var"))
    state[variance] = -torch.ones_like(state[variance])
    with pytest.raises(CheckpointError, match=rf"'{variance}' holds variances below 0"):
        fill(network, state, tmp_path / "A.safetensors")


@pytest.mark.parametrize(
    ("card", "said"),
    [
        ("[" * 99_999, "it nests too deep"),
        (" " * 2_000_000, "more than 1,000,000"),
        ('{"version": 1, "skeleton": "s", "keypoints": [], "model": {}}', "it names 0 keypoints"),
        ('{"version": 1, "skeleton": "s", "keypoints": ["a"], "model": {"deconv_channels": 1e9}}', "deconv_channels"),
        ('{"version": 1, "skeleton": "s", "keypoints": ["a"], "model": {"deconv_channels": 99999}}', "from 1 to 2,048"),
        ("\ufeff{}", "is unreadable"),
    ],
)
def test_a_card_that_cannot_be_is_refused_in_words(tmp_path, card, said):
    (tmp_path / "model.json").write_text(card)
    with pytest.raises(CheckpointError) as refused:
        read_card(tmp_path)
    assert said in str(refused.value) and "wanted the file as a training wrote it" in str(refused.value)


def test_a_student_that_does_not_fit_its_weights_names_its_own_setting(tmp_path, tiny, skeleton):
    trio = build_trio(tiny.model, keypoints=5, seed=0)
    save_networks(tmp_path, trio.networks(), skeleton=skeleton, model=tiny.model)
    model = replace(tiny.model, student_backbone="mobilenet_v3_small")
    with pytest.raises(CheckpointError, match=r"C\.safetensors does not fit .*model\.student_backbone"):
        load_starting_weights(tmp_path, build_trio(model, keypoints=5, seed=9), skeleton=skeleton, model=model)


def test_a_student_of_another_backbone_keeps_its_own_start(tmp_path, tiny, skeleton):
    trio = build_trio(tiny.model, keypoints=5, seed=0)
    save_networks(tmp_path, {"A": trio.a, "B": trio.b}, skeleton=skeleton, model=tiny.model)
    model = replace(tiny.model, student_backbone="mobilenet_v3_small")
    other = build_trio(model, keypoints=5, seed=9)
    before = [p.clone() for p in other.c.parameters()]
    load_starting_weights(tmp_path, other, skeleton=skeleton, model=model)
    assert all(torch.equal(p, q) for p, q in zip(other.c.parameters(), before, strict=True))
