"""`sspcm train` by protocols and on your own files, end to end on tiny data sets."""

import json
import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from sspcm.__main__ import main
from sspcm.commands import train
from sspcm.commands.train import read_settings
from sspcm.crops.sampling import Share
from sspcm.plain import ConfigError
from sspcm.protocols.protocol import FOLDER
from sspcm.training.folder import in_use
from tests.sspcm.protocols.data_sets import edit, write_coco, write_wepdtof

TINY = ["model.backbone=shufflenet_v2_x0_5", "model.student_backbone=shufflenet_v2_x0_5", "model.weights=random",
        "model.deconv_channels=8", "model.input_height=64", "model.input_width=64", "train.labelled_batch=2",
        "train.unlabelled_batch=2", "train.steps=4", "train.snapshot_every=2"]  # fmt: skip
SETTINGS = [part for setting in TINY for part in ("--set", setting)]


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture
def coco(tmp_path: Path) -> Path:
    """COCO, and in the same folder a coco-2.toml: coco-1k with two labelled persons."""
    root = write_coco(tmp_path / "data")
    text = (FOLDER / "coco-1k.toml").read_text().replace("first_persons = 1000", "first_persons = 2")
    (tmp_path / "coco-2.toml").write_text(text)
    return root


def by_protocol(root: Path, name: str, out: str, *more: str) -> list[str]:
    return ["train", "--protocol", name, "--root", str(root), "--out", str(root.parent / out), "--device", "cpu",
            *SETTINGS, *more]  # fmt: skip


def own(root: Path, out: str, *more: str) -> list[str]:
    annotations = root / "annotations" / "person_keypoints_train2017.json"
    return ["train", "--images", str(root / "images" / "train2017"), "--annotations", str(annotations),
            "--out", str(root.parent / out), "--device", "cpu", *SETTINGS, *more]  # fmt: skip


def manifest(folder: Path):
    return json.loads((folder / "manifest.json").read_text())


def test_a_coco_protocol_trains_the_method_it_is_told_to(coco, capsys):
    assert main(by_protocol(coco, str(coco.parent / "coco-2.toml"), "run", "--method", "dualpose", "--json")) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["persons"] == {"labelled": 2, "unlabelled": 3, "validation": 2}
    assert manifest(coco.parent / "run")["config"]["method"]["paths"] == ["joint_cutout"]
    assert (coco.parent / "run" / "A.safetensors").exists()
    assert len((coco.parent / "run" / "metrics.jsonl").read_text().splitlines()) >= 3


def test_the_wepdtof_protocol_trains_sspcm_on_14_keypoints(tmp_path, capsys):
    root = write_wepdtof(tmp_path / "data")
    assert main(by_protocol(root, "wepdtof", "run")) == 0
    said = capsys.readouterr()
    assert "C: AP" in said.out and "images name no clip" in said.err
    data = manifest(tmp_path / "run")
    assert len(data["skeleton"]["keypoints"]) == 14 and data["config"]["model"]["orientation"] == "radial"
    assert data["config"]["method"]["student"] and len(data["persons"]) == 6


def test_the_same_command_goes_on_and_another_training_is_refused(coco, capsys):
    command = own(coco, "run", "--method", "sspcm", "--holdout", "1", "--seed", "4")
    assert main(command) == 0
    out = coco.parent / "run"
    weights, written = load_file(out / "C.safetensors"), {p: p.stat().st_mtime_ns for p in out.iterdir()}
    assert main(command) == 0
    assert {p: p.stat().st_mtime_ns for p in out.iterdir()} == written
    for name in ("status.json", "report.json", "model.json"):
        (out / name).unlink()
    capsys.readouterr()
    assert main([*command, "--set", "train.steps=6"]) == 1
    assert "holds another training (config.train.steps is 4 there, 6 here)" in capsys.readouterr().err
    assert main(own(coco, "run", "--method", "sspcm", "--seed", "4")) == 1
    assert "5 persons there" not in capsys.readouterr().err
    assert not (out / "status.json").exists()
    assert main(command) == 0
    assert all(torch.equal(tensor, weights[name]) for name, tensor in load_file(out / "C.safetensors").items())


def test_a_folder_of_something_else_is_left_alone(coco, capsys):
    assert main(own(coco, "data", "--method", "sspcm")) == 1
    assert "holds files but no manifest.json; wanted a new folder" in capsys.readouterr().err
    assert {p.name for p in coco.iterdir()} == {"annotations", "images", "person_detection_results"}


def test_a_dry_run_counts_checks_measures_and_writes_nothing(coco, capsys):
    command = by_protocol(coco, str(coco.parent / "coco-2.toml"), "run", "--dry-run")
    assert main([*command, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["persons"]["unlabelled"] == {"images": 2, "persons": 3}
    assert (told["steps"], told["epochs"], told["snapshot_refreshes"]) == (4, 2, 1)
    assert set(told["parameters"]) == {"A", "B", "C"} and told["fits"] and told["measured"]
    assert told["state_bytes"] > 16 * sum(told["parameters"].values()) and told["activation_bytes"] > 0
    assert told["seconds"] == pytest.approx(4 * told["step_seconds"], abs=0.1)
    assert not (coco.parent / "run").exists()
    (coco / "images" / "val2017" / "000000000139.jpg").unlink()
    assert main(command) == 1
    assert "1 of 5 images are missing, the first is" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--set", "train.stepz=3"], "unknown setting 'train.stepz'. Did you mean 'train.steps'?"),
        (["--set", "train.steps"], "--set found 'train.steps'; wanted a setting and its value"),
        (["--set", "model.backbone=resnet19"], "Did you mean 'resnet18'?"),
        (["--set", "train=3"], "'train' must be a table"),
        (["--holdout", "3"], "no person with keypoints is left to train on"),
    ],
)
def test_what_cannot_be_trained_is_said_in_one_line(coco, capsys, more, said):
    assert main(own(coco, "run", "--method", "sspcm", *more)) == 1
    error = capsys.readouterr().err
    assert said in error and error.count("\n") == 1
    assert not (coco.parent / "run").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--method", "sspcm"], "required: --images, --annotations"),
        (["--protocol", "coco-1k"], "required: --root"),
        (["--protocol", "coco-1k", "--root", "x", "--holdout", "3"], "--holdout does not go with the other options"),
        (["--images", "x", "--annotations", "y", "--set", "seed=3"], "--set does not go with the other options"),
        (["--images", "x", "--annotations", "y", "--method", "sspcm", "--half"], "--half does not go"),
        (["--images", "x", "--annotations", "y", "--method", "sspcm", "--validation-images", "z"],
         "required: --validation-annotations"),
    ],
)  # fmt: skip
def test_options_that_do_not_go_together_are_refused(arguments, said, capsys):
    with pytest.raises(SystemExit):
        main(["train", "--out", "run", *arguments])
    assert said in capsys.readouterr().err


def test_settings_are_toml_values_or_words():
    told = ["train.steps=3", "train.decay_at=[0.5, 1.0]", "model.backbone=resnet50", "seed=1", "seed=2", "method=sspcm"]
    assert read_settings(told) == {
        "train": {"steps": 3, "decay_at": [0.5, 1.0]},
        "model": {"backbone": "resnet50"},
        "seed": 2,
        "method": "sspcm",
    }
    with pytest.raises(ConfigError, match="wanted a setting"):
        read_settings(["train..steps=3"])


def test_supervised_training_needs_no_unlabelled_person(coco, capsys):
    path = coco / "annotations" / "person_keypoints_train2017.json"
    edit(path, lambda data: data["annotations"].pop(3))
    assert main(own(coco, "run", "--method", "sspcm")) == 1
    assert "no person is unlabelled" in capsys.readouterr().err
    assert main(own(coco, "run", "--method", "supervised", "--set", "train.steps=1")) == 0


def test_two_processes_train_one_folder(coco):
    """torchrun starts two; the first one writes, both compute."""
    environment = os.environ | {"OMP_NUM_THREADS": "1"}

    def torchrun(out: str, *more: str) -> subprocess.CompletedProcess[str]:
        arguments = by_protocol(coco, str(coco.parent / "coco-2.toml"), out, *more)
        command = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node=2", "--rdzv-backend=c10d",
                   "--rdzv-endpoint=localhost:0", "-m", "sspcm", *arguments]  # fmt: skip
        return subprocess.run(command, capture_output=True, text=True, timeout=240, env=environment)

    done = torchrun("both", "--json")
    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(done.stdout)["persons"]["labelled"] == 2  # told once
    steps = [json.loads(line)["step"] for line in (coco.parent / "both" / "metrics.jsonl").read_text().splitlines()]
    assert steps == sorted(steps) and steps[-1] == 4
    for image in (coco / "images" / "val2017").iterdir():
        image.write_bytes(b"no image")  # only the first process reads what is measured on
    broken = torchrun("broken")
    assert broken.returncode != 0
    status = json.loads((coco.parent / "broken" / "status.json").read_text())
    assert "holds no image that can be decoded" in status["error"]


def test_a_batch_that_two_processes_cannot_share_makes_no_folder(coco, capsys, monkeypatch):
    monkeypatch.setattr(train, "joined", lambda device: nullcontext((Share(0, 2), device)))
    command = by_protocol(coco, str(coco.parent / "coco-2.toml"), "odd", "--set", "train.labelled_batch=3")
    assert main(command) == 1
    assert "train.labelled_batch is 3; wanted a multiple of 2, for 2 processes" in capsys.readouterr().err
    assert not (coco.parent / "odd").exists()


def test_leaving_out_the_method_does_not_write_over_a_training(coco, capsys):
    assert main(own(coco, "kept", "--method", "supervised", "--holdout", "1")) == 0
    before = {path.name: path.read_bytes() for path in (coco.parent / "kept").iterdir()}
    plain = [part for part in own(coco, "kept", "--steps", "1") if part != "--set" and part not in TINY]
    assert main(plain) == 1
    assert "Did you leave out --method?" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in (coco.parent / "kept").iterdir()} == before


def test_a_start_that_failed_does_not_claim_its_folder(coco, capsys):
    command = own(coco, "typo", "--method", "supervised", "--holdout", "1")
    assert main([*command, "--set", "model.weights=typo"]) == 1
    assert "model.weights is 'typo'" in capsys.readouterr().err
    assert main(command) == 0


def test_a_dry_run_finds_what_would_fail_at_once(coco, capsys):
    command = own(coco, "dry", "--method", "supervised", "--holdout", "1", "--dry-run")
    assert main([*command, "--set", "model.weights=typo"]) == 1
    assert "model.weights is 'typo'" in capsys.readouterr().err
    (coco.parent / "dry").mkdir()
    (coco.parent / "dry" / "mine.txt").write_text("mine")
    assert main(command) == 1
    assert "holds files but no manifest.json" in capsys.readouterr().err


def test_two_trainings_do_not_share_a_folder(coco, capsys):
    command = own(coco, "busy", "--method", "supervised", "--holdout", "1")
    with pytest.raises(SystemExit):
        main([*command, "--preset", "demo", "--config", "x.toml"])
    assert main(command) == 0
    with in_use(coco.parent / "busy"):
        assert main(command) == 1
    assert "is being trained in by another process" in capsys.readouterr().err


def test_off_a_terminal_every_refresh_is_told(coco, capsys):
    assert main(own(coco, "told", "--method", "supervised", "--holdout", "1")) == 0
    told = capsys.readouterr().err
    assert "sspcm: step 2 of 4, loss" in told and "sspcm: step 4 of 4, loss" in told
    assert main(own(coco, "told", "--method", "supervised", "--holdout", "1")) == 0
    assert "had ended already" in capsys.readouterr().err


def test_a_path_that_is_no_folder_is_said_in_our_words(coco, capsys):
    (coco.parent / "file").write_text("")
    assert main(own(coco, "file", "--method", "supervised", "--holdout", "1")) == 1
    assert "is a file; wanted a folder" in capsys.readouterr().err
    assert main([*own(coco, "x", "--method", "supervised"), "--config", "none.toml"]) == 1
    assert "'none.toml' cannot be used (No such file or directory); wanted a path" in capsys.readouterr().err
