"""The evidence benchmark: fair rows, resumed exactly, on a machine without OpenCV."""

import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from benchmarks import carry_scenes, evidence
from sspcm.config import ModelConfig, ViewsConfig
from sspcm.networks.efficientnet_lite import EfficientNetLite0
from tests.sspcm.conftest import STICK, draw_stick_person

CPU = torch.device("cpu")
TINY = evidence.Scale(
    steps=5, batch=2, deconv_channels=8, precision="float32", measured=3, views=ViewsConfig(), throughput=()
)


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Eight rooms of one stick person each, packed, and weights for the backbone."""
    scenes, packed = tmp_path / "scenes", tmp_path / "packed"
    (scenes / "images").mkdir(parents=True)
    generator, images, annotations = np.random.default_rng(0), [], []
    for number in range(1, 9):
        image, xyv = draw_stick_person(generator)
        assert cv2.imwrite(str(scenes / "images" / f"{number}.png"), image)
        images.append({"id": number, "file_name": f"{number}.png", "width": 120, "height": 120})
        annotations.append({"id": number, "image_id": number, "category_id": 1, "bbox": [20, 15, 80, 90],
                            "area": 4000, "iscrowd": 0, "num_keypoints": 5,
                            "keypoints": [value for point in xyv for value in point]})  # fmt: skip
    category = {"id": 1, "name": "person", "keypoints": list(STICK.keypoints),
                "skeleton": [[a + 1, b + 1] for a, b in STICK.edges]}  # fmt: skip
    content = {"images": images, "annotations": annotations, "categories": [category]}
    (scenes / "annotations.json").write_text(json.dumps(content))
    carry_scenes.pack(scenes, packed, ModelConfig(input_height=64, input_width=64))
    torch.manual_seed(0)
    carry_scenes.save_weights(EfficientNetLite0().state_dict(), packed / "lite0.safetensors")
    return packed


def test_packed_people_are_split_by_room_and_labelled_anew_for_each_seed(data, monkeypatch):
    monkeypatch.setattr(evidence, "LABELLED", 2)
    scenes = evidence.read_scenes(data / "scenes.npz")
    assert scenes.crops.shape == (8, 3, 96, 96) and scenes.measured(99).tolist() == [0, 4]
    sets = [scenes.training_set(seed) for seed in range(3)]
    for learned in sets:
        assert (len(learned.labelled.crops), len(learned.unlabelled)) == (2, 4)
    assert len({tuple(learned.labelled.xyv.flatten().tolist()) for learned in sets}) > 1
    measured = scenes.xyv[[0, 4]]
    assert all(not torch.equal(known, seen) for known in sets[0].labelled.xyv for seen in measured)


def test_a_row_that_the_budget_cuts_off_goes_on_to_the_same_figures(data, monkeypatch):
    monkeypatch.setattr(evidence, "LABELLED", 2)
    scenes, row = evidence.read_scenes(data / "scenes.npz"), evidence.Row("sspcm", 0)
    whole = evidence.run(row, scenes, TINY, data, CPU, until=time.monotonic() + 999)
    cut = 0
    while (told := evidence.run(row, scenes, TINY, data, CPU, until=0.0)) is None:
        cut += 1
    assert cut == TINY.steps - 1
    assert whole is not None and told["curve"] == whole["curve"] and told["final"] == whole["final"]
    assert evidence.run(evidence.Row("sspcm", 1), scenes, TINY, data, CPU, until=0.0) is None  # begins anew
    assert evidence.identity_of(data / "checkpoint.safetensors").startswith("sspcm, seed 1")


def test_the_summary_pairs_by_seed():
    def row(method: str, seed: int, ap: float) -> dict:
        figures = {name: {"AP": ap, "AP50": ap, "mean_oks": ap} for name in ("A", "B", "AB")}
        if method == "sspcm":
            figures["C"] = {"AP": ap + 0.1, "AP50": 0, "mean_oks": ap + 0.1}
        oks = {name: [figures[name]["mean_oks"]] * 3 for name in figures}
        return {"row": f"{method}, seed {seed}", "curve": [{"step": 1, **figures}] * 2, "final": figures, "oks": oks,
                "rooms": [0, 4, 4], "seconds": 1.0}  # fmt: skip

    done = [row(method, seed, 0.2 + seed / 10) for seed in range(3) for method in ("supervised", "sspcm")]
    gap = evidence.summary(done)["paired_differences"]["sspcm minus supervised"]["AP"]
    assert gap["by_seed"] == pytest.approx([0.1] * 3) and gap["interval_over_seeds"] == pytest.approx([0.1, 0.1])
    assert evidence.summary(done)["variants"]["sspcm"]["last_fifth_of_the_steps_gave_AP"] == [0.0] * 3
    short = evidence.summary(done[:2])["paired_differences"]["sspcm minus supervised"]
    assert "interval_over_seeds" not in short["AP"]
    assert short["mean_oks"]["interval_over_rooms"] == pytest.approx([0.1, 0.1])


def test_the_rows_start_with_the_four_methods_and_end_with_the_corrections():
    names = [row.name for row in evidence.rows()]
    assert len(set(names)) == len(names) == 18
    assert {name.split(",")[0] for name in names[:4]} == {"supervised", "dualpose", "sspcm", "multiaugs"}
    assert names[-1] == "sspcm, warp legacy, seed 2"
    assert replace(TINY, steps=1).steps == 1


def test_it_needs_neither_opencv_nor_anything_of_the_application():
    missing = ("cv2", "pycocotools", "gradio", "sqlalchemy", "tqdm", "timm", "onnxruntime", "onnx")
    blocked = f"import sys\nfor name in {missing!r}: sys.modules[name] = None\nimport benchmarks.evidence"
    done = subprocess.run([sys.executable, "-c", blocked], capture_output=True, text=True,
                          cwd=Path(__file__).parents[2])  # fmt: skip
    assert done.returncode == 0, done.stderr
