"""A VitPose that transformers saved: networks say what it says, train, and are exported."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from sspcm.formats.coco.reading import read_coco
from sspcm.method.views import normalise
from sspcm.models.folder import open_model
from sspcm.models.graphs import graphs_in, import_graphs
from sspcm.models.importing import import_graph
from sspcm.models.onnx import export_model
from sspcm.models.vitpose_folder import import_vitpose, is_vitpose
from sspcm.networks import BackboneError
from sspcm.networks.imported_network import build_imported
from sspcm.pose_models.layouts import COCO
from sspcm.pose_models.model import read_pose_model
from sspcm.training.round import run_round
from tests.sspcm.demo_people import few_people
from tests.sspcm.models.test_graphs import model_of
from tests.sspcm.models.test_imported_onnx import pre_labelled, predicted
from tests.vitpose_folders import save_vitpose

CPU = torch.device("cpu")
pytestmark = pytest.mark.usefixtures("one_thread")
LABELS = [
    *("Nose", "L_Eye", "R_Eye", "L_Ear", "R_Ear", "L_Shoulder", "R_Shoulder", "L_Elbow", "R_Elbow"),
    *("L_Wrist", "R_Wrist", "L_Hip", "R_Hip", "L_Knee", "R_Knee", "L_Ankle", "R_Ankle"),
]


def crops(count: int = 2) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randint(0, 256, (count, 3, 64, 64), generator=generator, dtype=torch.uint8)


@pytest.mark.parametrize("pixels", [None, {"image_mean": [0.5, 0.4, 0.3], "image_std": [0.5, 0.2, 0.3]}], ids=str)
def test_a_network_says_what_transformers_says_of_the_folders_own_pixels(tmp_path, pixels):
    theirs = save_vitpose(tmp_path, pixels=pixels)
    network = build_imported(import_vitpose(tmp_path), range(17), 0).eval()
    mean, std = (pixels or {"image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225]}).values()
    mean, std = (torch.tensor(one).view(3, 1, 1) for one in (mean, std))
    with torch.inference_mode():
        said = theirs((crops() / 255 - mean) / std).heatmaps
        assert torch.allclose(network(normalise(crops())), network.layers._placed(said), atol=1e-4)
        assert said.abs().max() > 0.1


@pytest.mark.parametrize("labels", [None, dict(enumerate(LABELS))], ids=["no labels", "labels"])
def test_keypoints_are_coco_s_by_their_labels_or_by_their_number(tmp_path, labels):
    save_vitpose(tmp_path, labels=labels)
    assert import_vitpose(tmp_path).info.keypoints == COCO


def test_other_keypoints_keep_their_names(tmp_path):
    save_vitpose(tmp_path, labels={0: "Tail", 1: "L_Fin", 2: "R_Fin"})
    assert import_vitpose(tmp_path).info.keypoints == ("tail", "left_fin", "right_fin")
    assert open_model(tmp_path, device=CPU).skeleton.mirror == (0, 2, 1)


def spoil_config(folder: Path, **changes) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def spoil_weights(folder: Path, change) -> None:
    path = folder / "model.safetensors"
    save_file(change(load_file(path)), path)


SPOILS = {
    "no weights": (lambda f: (f / "model.safetensors").unlink(), "wanted all weights in this one file"),
    "cut weights": (lambda f: (f / "model.safetensors").write_bytes(b"cut"), "wanted all weights in this one file"),
    "words": (lambda f: (f / "config.json").write_text("{"), "wanted JSON as transformers writes it"),
    "no backbone": (lambda f: spoil_config(f, backbone_config=None), "does not describe a VitPose"),
    "other backbone": (lambda f: spoil_config(f, backbone_config={"model_type": "dinov2"}), "its backbone is dinov2"),
    "few keypoints": (lambda f: spoil_config(f, id2label={"0": "LABEL_0"}), "its 1 keypoints have no names"),
    "NaN": (
        lambda f: spoil_weights(f, lambda w: w | {"head.conv.bias": torch.full((17,), torch.nan)}),
        "'head.conv.bias' of 17 numbers holds 17 that are NaN",
    ),
    "other shape": (
        lambda f: spoil_weights(f, lambda w: w | {"head.conv.bias": torch.zeros(5)}),
        r"'head.conv.bias' is \[5\], wanted \[17\]",
    ),
    "a layer less": (
        lambda f: spoil_weights(f, lambda w: {name: one for name, one in w.items() if name != "head.conv.bias"}),
        "it has no 'head.conv.bias'",
    ),
}


@pytest.mark.parametrize("spoil", SPOILS)
def test_what_is_no_whole_vitpose_is_refused_with_the_reason(tmp_path, spoil):
    save_vitpose(tmp_path)
    SPOILS[spoil][0](tmp_path)
    with pytest.raises(BackboneError, match=SPOILS[spoil][1]):
        import_vitpose(tmp_path)


def test_other_folders_are_none(tmp_path):
    assert not is_vitpose(tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    assert not is_vitpose(tmp_path)


def test_a_round_learns_from_it_and_needs_its_folder_no_more(make_round, tmp_path):
    folder = tmp_path / "strong"
    save_vitpose(folder)
    made = make_round(
        imported=folder, labelled=40, unlabelled=4, validation=6, method="supervised", draws="own", held_out=0.2,
        learning_rate=2e-3, steps=60, snapshot_every=10, labelled_batch=8,
    )  # fmt: skip
    assert run_round(made, device=CPU), (made / "status.json").read_text()
    lines = [json.loads(line) for line in (made / "metrics.jsonl").read_text().splitlines()]
    losses = [line["loss"] for line in lines if "loss" in line]
    assert losses[-1] < 0.3 * losses[0]
    moved = json.loads((made / "report.json").read_text())["moved"]
    assert all(one["persons"] >= 8 and (one["after"] > one["before"]) == (one["part"] > 0) for one in moved.values())
    for path in folder.iterdir():
        path.unlink()
    assert (made / "imported.vitpose").exists() and graphs_in(made).first.info.name == "strong"
    opened = open_model(made, "A", device=CPU)
    with torch.inference_mode():
        assert opened.network(normalise(crops())).shape == (2, 5, 16, 16)
    assert import_graphs(model_of(made)).first.info.name == "strong"  # a later round goes on from it


def test_two_of_one_size_teach_each_other(tmp_path):
    save_vitpose(tmp_path / "one")
    save_vitpose(tmp_path / "other", simple=False, seed=1)
    graphs = import_graphs(model_of(tmp_path / "one", weights_b=str(tmp_path / "other")))
    assert (graphs.first.info.name, graphs.second.info.name) == ("one", "other")


@pytest.mark.parametrize("flip", [False, True], ids=["plain", "flip"])
@pytest.mark.filterwarnings("ignore:Truncating the start", "ignore:Using a non-tuple")  # onnx2torch's slices
def test_pre_labelling_sees_by_the_exported_file_what_predict_says_of_the_folder(tmp_path, flip):
    save_vitpose(tmp_path / "strong")
    model, coco = open_model(tmp_path / "strong", device=CPU), read_coco(few_people(tmp_path))
    card = export_model(model, tmp_path / "student", flip=flip)
    assert card["imported"]["name"] == "strong" and card["check"]["largest_difference"] < 1e-4
    said = pre_labelled(read_pose_model(tmp_path / "student" / "student.onnx"), coco)
    assert np.abs(predicted(model, coco, flip=flip)[..., :2] - said[..., :2]).max() < 0.01
    assert import_graph(tmp_path / "student" / "student.onnx").info.keypoints == COCO, "it can be trained on"
    again = open_model(tmp_path / "student", device=CPU)
    assert np.array_equal(predicted(again, coco, flip=False), predicted(model, coco, flip=False))
