"""A folder's networks are opened as they were trained."""

import json
from dataclasses import replace

import pytest
import torch

from sspcm.config import ModelConfig
from sspcm.models.checkpoint import CheckpointError, save_networks
from sspcm.models.folder import backbone_of, open_model
from sspcm.networks import build_network
from sspcm.skeletons.skeleton import get_skeleton

CPU = torch.device("cpu")
SMALL = ModelConfig(
    backbone="shufflenet_v2_x0_5", student_backbone="mobilenet_v3_small", deconv_channels=8, input_height=64
)


def save(folder, skeleton, *, model=SMALL, heatmaps=None, names=("A", "C")):
    backbones = {"A": model.backbone, "C": model.student_backbone}
    count = heatmaps or len(skeleton)
    networks = {name: build_network(backbones[name], count, 8, seed) for seed, name in enumerate(names)}
    save_networks(folder, networks, skeleton=skeleton, model=model)
    return networks


def test_the_student_is_opened_with_its_own_backbone_unless_another_is_named(tmp_path, skeleton):
    networks = save(tmp_path, skeleton)
    for asked, name, backbone in ((None, "C", "mobilenet_v3_small"), ("A", "A", "shufflenet_v2_x0_5")):
        model = open_model(tmp_path, asked, device=CPU)
        assert (model.name, backbone_of(model)) == (name, backbone) and not model.network.training
        for own, saved in zip(model.network.parameters(), networks[name].parameters(), strict=True):
            assert torch.equal(own, saved)


def test_the_skeleton_is_the_manifests_else_a_built_in_one_else_goes_by_names(tmp_path, skeleton):
    save(tmp_path, skeleton, names=("A",))
    found = open_model(tmp_path, device=CPU).skeleton
    assert found.keypoints == skeleton.keypoints and found.mirror == skeleton.mirror and set(found.sigmas) == {0.07}
    (tmp_path / "manifest.json").write_text(json.dumps({"skeleton": skeleton.to_json()}))
    assert open_model(tmp_path, device=CPU).skeleton == skeleton
    wepdtof = get_skeleton("wepdtof-14")
    (tmp_path / "manifest.json").write_text(json.dumps({"skeleton": wepdtof.to_json()}))
    with pytest.raises(CheckpointError, match=r"has skeleton 'wepdtof-14' but model\.json beside it 5 other keypoints"):
        open_model(tmp_path, device=CPU)
    (tmp_path / "manifest.json").write_text("[]")
    with pytest.raises(CheckpointError, match="does not say the networks' skeleton"):
        open_model(tmp_path, device=CPU)
    (tmp_path / "manifest.json").unlink()
    save(tmp_path, wepdtof, names=("A",))
    assert open_model(tmp_path, device=CPU).skeleton == wepdtof


def test_legacy_networks_have_twenty_four_heatmaps(tmp_path, skeleton):
    save(tmp_path, skeleton, model=replace(SMALL, channels="legacy"), heatmaps=24, names=("A",))
    model = open_model(tmp_path, device=CPU)
    assert model.network(torch.zeros(1, 3, 64, 64)).shape[1] == 24 and len(model.skeleton) == 5


def test_a_network_that_is_not_there_is_named_with_those_that_are(tmp_path, skeleton):
    save(tmp_path, skeleton, names=("A",))
    with pytest.raises(CheckpointError, match=r"holds no network C \(there are: A\)"):
        open_model(tmp_path, "C", device=CPU)
