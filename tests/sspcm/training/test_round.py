"""A round in a folder, from manifest to report."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from sspcm.crops.store import CropStore, Frame, crop_spec
from sspcm.manifest import read_manifest
from sspcm.members import CLOSER_LOOK, MEMBERS
from sspcm.models.checkpoint import read_card
from sspcm.models.folder import open_model
from sspcm.models.graphs import build_on, import_graphs
from sspcm.models.predict import predict_persons
from sspcm.ranking.inconsistency import CLOSER
from sspcm.shard_files import read_scoring
from sspcm.training import pool, round, shards
from sspcm.training.round import run_round
from tests.onnx_files import learning_simcc
from tests.sspcm.conftest import ALL_KNOWN

CPU = torch.device("cpu")
pytestmark = pytest.mark.usefixtures("one_thread")


def read(folder: Path, name: str):
    return json.loads((folder / name).read_text())


def lines(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]


def edit_manifest(folder: Path, **changes) -> None:
    (folder / "manifest.json").write_text(json.dumps(read(folder, "manifest.json") | changes))


def test_a_round_of_stick_people_leaves_networks_predictions_and_a_report(make_round):
    folder = make_round(labelled=3, unlabelled=4, validation=2)
    shown: list[dict] = []
    assert run_round(folder, device=CPU, show=shown.append)
    assert read(folder, "status.json") == {"state": "done"}
    assert shown == lines(folder)
    assert sorted(p.name for p in folder.iterdir()) == sorted(
        [*(f"{n}.safetensors" for n in "ABC"), "manifest.json", "metrics.jsonl", "model.json", "predictions.npz",
         "report.json", "status.json"]
    )  # fmt: skip
    with np.load(folder / "predictions.npz") as arrays:
        assert arrays["ids"].tolist() == list(range(100, 109))
        for name in (*MEMBERS, CLOSER_LOOK):
            assert arrays[name].shape == (9, 5, 3)
            assert np.isfinite(arrays[name]).all()
            assert ((arrays[name][..., 2] >= 0) & (arrays[name][..., 2] <= 1)).all()
        assert not np.array_equal(arrays["A"], arrays["A_prev"])  # the snapshots are one epoch old, not the same
    report = read(folder, "report.json")
    assert set(report["ap"]) == set(report["ap_before"]) == {"A", "B", "C"}
    assert report["refreshes"] == 2 and len(report["pair_frequency"]) == 3
    assert report["persons"] == {"labelled": 3, "unlabelled": 4, "validation": 2}
    assert read_card(folder).keypoints[0] == "head"


def test_validation_persons_never_enter_training(make_round, monkeypatch):
    folder = make_round(labelled=3, unlabelled=4, validation=2)
    seen: list[str] = []

    def watch(trio, optimiser, data, config, **arguments):
        seen.extend(spec.image.name for spec in (*data.labelled.crops.specs, *data.unlabelled.specs))
        return real_train(trio, optimiser, data, config, **arguments)

    real_train = round.train
    monkeypatch.setattr(round, "train", watch)
    assert run_round(folder, device=CPU)
    manifest = read(folder, "manifest.json")["persons"]
    held_out = {Path(p["image"]).name for p in manifest if p["use"] == "validation"}
    assert len(held_out) == 2 and len(seen) == 7
    assert not held_out & set(seen)


def test_other_validation_labels_change_no_weight(make_round):
    folder = make_round(steps=2)
    assert run_round(folder, device=CPU)
    before = load_file(folder / "C.safetensors")
    persons = read(folder, "manifest.json")["persons"]
    for person in persons:
        if person["use"] == "validation":
            person["xyv"] = [[1.0, 1.0, 2.0]] * 5
            person["image"] = persons[0]["image"]
    for name in ("A.safetensors", "B.safetensors", "C.safetensors", "model.json", "status.json", "predictions.npz"):
        (folder / name).unlink()
    edit_manifest(folder, persons=persons)
    assert run_round(folder, device=CPU)
    assert all(torch.equal(tensor, before[name]) for name, tensor in load_file(folder / "C.safetensors").items())


def test_validation_persons_without_a_label_are_predicted_and_neither_learned_from_nor_measured(make_round):
    folder = make_round(validation=3, steps=2)
    assert run_round(folder, device=CPU)
    weights, (*_, first, second, third) = load_file(folder / "C.safetensors"), read(folder, "manifest.json")["persons"]
    for name in ("A.safetensors", "B.safetensors", "C.safetensors", "model.json", "status.json", "predictions.npz"):
        (folder / name).unlink()
    persons = read(folder, "manifest.json")["persons"]
    edit_manifest(folder, persons=[*persons[:-2], *(one | {"xyv": None} for one in (second, third))])
    assert run_round(folder, device=CPU), read(folder, "status.json")
    assert all(torch.equal(tensor, weights[name]) for name, tensor in load_file(folder / "C.safetensors").items())
    assert read(folder, "report.json")["persons"]["validation"] == 1
    with np.load(folder / "predictions.npz") as arrays:
        assert arrays["ids"].tolist()[-3:] == [one["id"] for one in (first, second, third)]
    edit_manifest(folder, persons=[one | {"xyv": None} if one["use"] == "validation" else one for one in persons])
    for name in ("report.json", "predictions.npz", "status.json", "model.json"):
        (folder / name).unlink()
    assert run_round(folder, device=CPU), read(folder, "status.json")
    assert read(folder, "report.json")["ap"] == {}, "nobody to measure by"


def test_a_finished_round_is_left_alone(make_round):
    folder = make_round(steps=2)
    assert run_round(folder, device=CPU)
    written = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert run_round(folder, device=CPU)
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == written


def test_a_round_killed_in_the_middle_goes_on_to_the_same_networks(make_round, tmp_path):
    """kill -9 after the first refresh; going on ends with what an uninterrupted run gives, bit for bit."""
    folder = make_round(steps=6, snapshot_every=2)
    whole = tmp_path / "whole"
    whole.mkdir()
    (whole / "manifest.json").write_bytes((folder / "manifest.json").read_bytes())
    command = [sys.executable, "-m", "sspcm", "round", str(folder), "--device", "cpu"]
    process = subprocess.Popen(command, env={**os.environ, "OMP_NUM_THREADS": "1"})
    while not (folder / round.TRAINING_FILE).exists():
        assert process.poll() is None, "the round ended before its first checkpoint"
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert not (folder / "status.json").exists()

    assert run_round(folder, device=CPU)
    assert run_round(whole, device=CPU)
    resumed, expected = read(folder, "report.json"), read(whole, "report.json")
    assert resumed["ap"] == expected["ap"] and resumed["ap_before"] == expected["ap_before"]
    assert [epoch["step"] for epoch in resumed["epochs"]] == [2, 4, 6]
    for name in "ABC":
        one, other = (load_file(place / f"{name}.safetensors") for place in (folder, whole))
        assert all(torch.equal(one[key], other[key]) for key in one)


def test_a_round_told_to_stop_keeps_the_step_under_way(make_round, tmp_path):
    """SIGTERM between two refreshes; going on ends with what an uninterrupted run gives, bit for bit."""
    folder = make_round(steps=200, snapshot_every=100)
    whole = tmp_path / "whole"
    whole.mkdir()
    (whole / "manifest.json").write_bytes((folder / "manifest.json").read_bytes())
    command = [sys.executable, "-m", "sspcm", "round", str(folder), "--device", "cpu"]
    process = subprocess.Popen(command, env={**os.environ, "OMP_NUM_THREADS": "1"}, stderr=subprocess.PIPE, text=True)
    while not (folder / "metrics.jsonl").exists():  # begins with the line of step 0
        assert process.poll() is None, "the round ended before its first step"
        time.sleep(0.002)
    time.sleep(0.1)
    process.terminate()
    _, said = process.communicate(timeout=30)
    status = read(folder, "status.json")
    assert process.returncode == 1 and status["state"] == "stopped" and status["error"] in said
    stopped = re.search(r"after step (\d+) of 200, which is kept", status["error"])
    assert stopped and 0 < int(stopped[1]) < 200 and int(stopped[1]) != 100

    assert run_round(folder, device=CPU)
    assert run_round(whole, device=CPU)
    resumed, expected = read(folder, "report.json"), read(whole, "report.json")
    assert resumed["warnings"] == [f"the training was interrupted, and went on from step {stopped[1]}."]
    assert [resumed[key] for key in ("ap", "epochs")] == [expected[key] for key in ("ap", "epochs")]
    for name in "ABC":
        one, other = (load_file(place / f"{name}.safetensors") for place in (folder, whole))
        assert all(torch.equal(one[key], other[key]) for key in one)


def test_a_checkpoint_is_taken_up_where_it_was_left(make_round, monkeypatch):
    """The step after the last checkpoint is the first one done again."""
    folder = make_round(steps=6, snapshot_every=2)

    def stop_after(trio, optimiser, data, config, **arguments):
        for log in real_train(trio, optimiser, data, config, **arguments):
            if log.step == 5:
                raise RuntimeError("the power went")
            yield log

    real_train = round.train
    monkeypatch.setattr(round, "train", stop_after)
    assert not run_round(folder, device=CPU)
    assert "the power went" in read(folder, "status.json")["error"]
    monkeypatch.setattr(round, "train", real_train)
    with (folder / "metrics.jsonl").open("a") as file:
        file.write('{"stage": "train", "ste')  # as a killed process leaves it
    told = (folder / "metrics.jsonl").read_text()
    assert run_round(folder, device=CPU)
    report = read(folder, "report.json")
    assert [epoch["step"] for epoch in report["epochs"]] == [2, 4, 6]
    assert report["warnings"] == ["the training was interrupted, and went on from step 4."]
    since = [json.loads(line) for line in (folder / "metrics.jsonl").read_text()[len(told) :].splitlines() if line]
    assert [line["step"] for line in since if line["stage"] == "train" and "ap" in line] == [4, 6]
    assert since[0]["began"]


def test_a_round_stopped_while_predicting_predicts_without_training_again(make_round, monkeypatch):
    folder = make_round(steps=2)

    def stop_at_the_pool(networks, *arguments, **options):
        if set(networks) == set(MEMBERS):
            raise RuntimeError("the power went")
        return real_predict(networks, *arguments, **options)

    real_predict = pool.predict_persons
    monkeypatch.setattr(pool, "predict_persons", stop_at_the_pool)
    assert not run_round(folder, device=CPU)
    trained = (folder / "C.safetensors").stat().st_mtime_ns
    monkeypatch.setattr(pool, "predict_persons", real_predict)
    assert run_round(folder, device=CPU)
    assert (folder / "C.safetensors").stat().st_mtime_ns == trained
    assert (folder / "predictions.npz").exists()
    assert set(read(folder, "report.json")["ap"]) == {"A", "B", "C"}


def test_predictions_lost_after_the_end_come_from_trained_networks_again(make_round):
    """The snapshots went with the checkpoint: only training anew gives all five members back."""
    folder = make_round(steps=2)
    assert run_round(folder, device=CPU)
    with np.load(folder / "predictions.npz") as arrays:
        before = {name: arrays[name] for name in MEMBERS}
    for name in ("status.json", "predictions.npz"):
        (folder / name).unlink()
    assert run_round(folder, device=CPU)
    with np.load(folder / "predictions.npz") as arrays:
        assert all(np.array_equal(arrays[name], before[name]) for name in MEMBERS)


def test_a_round_stopped_just_before_its_last_word_keeps_its_report(make_round):
    folder = make_round(steps=2)
    assert run_round(folder, device=CPU)
    report = (folder / "report.json").read_bytes()
    (folder / "status.json").unlink()
    assert run_round(folder, device=CPU)
    assert (folder / "report.json").read_bytes() == report
    assert read(folder, "status.json") == {"state": "done"}


def test_steps_that_fill_no_whole_epoch_belong_to_the_last(make_round):
    folder = make_round(steps=5, snapshot_every=2)
    assert run_round(folder, device=CPU)
    told = [line for line in lines(folder) if line["stage"] == "train" and "ap" in line]
    assert [(line["step"], line["epoch"], line["epochs"]) for line in told] == [(0, 1, 2), (2, 1, 2), (5, 2, 2)]
    report = read(folder, "report.json")
    assert report["refreshes"] == 1 and len(report["pair_frequency"]) == 2


def test_a_round_starts_from_the_weights_it_is_given(make_round, tmp_path):
    folder = make_round(steps=2)
    assert run_round(folder, device=CPU)
    first = tmp_path / "first"
    folder.rename(first)
    folder = make_round(steps=1, learning_rate=1e-12, weights=str(first))
    assert run_round(folder, device=CPU)
    given, after = load_file(first / "C.safetensors"), load_file(folder / "C.safetensors")
    parameter = next(key for key in given if key.endswith("weight"))
    assert torch.allclose(given[parameter], after[parameter], atol=1e-6)


def test_without_unlabelled_persons_the_report_warns(make_round):
    folder = make_round(unlabelled=0)
    assert run_round(folder, device=CPU)
    report = read(folder, "report.json")
    assert "no unlabelled persons" in report["warnings"][0]
    assert report["pair_frequency"] == []


def test_without_validation_persons_nothing_is_measured(make_round):
    folder = make_round(validation=0, steps=2)
    assert run_round(folder, device=CPU)
    assert read(folder, "report.json")["ap"] == {}


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        (lambda f: edit_manifest(f, skeleton={"name": "x"}), "wanted keypoints"),
        (lambda f: edit_manifest(f, config={"train": {"stepz": 3}}), "train.steps"),
        (lambda f: edit_manifest(f, weights=str(f)), "holds no model.json"),
        (lambda f: (f / "manifest.json").write_text("{"), "cannot read"),
        (lambda f: Path(read(f, "manifest.json")["persons"][0]["image"]).unlink(), "person0.png"),
        (lambda f: edit_manifest(f, persons=[p for p in read(f, "manifest.json")["persons"] if p["use"] != "labelled"]),
         "no labelled person"),
        (lambda f: edit_manifest(f, persons=[{"id": 5}]), "person 5: 'use' is missing"),
        (lambda f: edit_manifest(f, persons=[read(f, "manifest.json")["persons"][0] | {"area": 0.0}]),
         "person 100: area must be a positive number of square pixels; found 0.0"),
        (lambda f: edit_manifest(f, version=2), "found version 2"),
    ],
)  # fmt: skip
def test_a_round_that_cannot_run_says_why(make_round, break_it, message):
    folder = make_round()
    break_it(folder)
    assert not run_round(folder, device=CPU)
    status = read(folder, "status.json")
    assert status["state"] == "failed"
    assert message in status["error"]


def test_a_failed_round_succeeds_once_its_cause_is_gone(make_round):
    folder = make_round(steps=2)
    image = Path(read(folder, "manifest.json")["persons"][0]["image"])
    content = image.read_bytes()
    image.unlink()
    assert not run_round(folder, device=CPU)
    image.write_bytes(content)
    assert run_round(folder, device=CPU)
    assert read(folder, "status.json") == {"state": "done"}


def tensors(folder: Path, name: str) -> dict[str, torch.Tensor]:
    return load_file(folder / f"{name}.safetensors")


@pytest.mark.parametrize("loss", ["heatmap", "cross_entropy"])
def test_a_round_starts_from_an_imported_model_and_needs_its_file_no_more(make_round, movenet_file, loss):
    folder = make_round(imported=movenet_file, draws="own", loss=loss, snapshot_every=2, learning_rate=1e-4)
    assert run_round(folder, device=CPU), read(folder, "status.json")
    movenet_file.unlink()
    assert (folder / "imported.onnx").exists() and read_card(folder).model.backbone == "imported"
    a, b, c = (tensors(folder, name) for name in "ABC")
    key = next(key for key in a if key.endswith("weight"))
    assert not torch.equal(a[key], b[key]) and not torch.equal(a[key], c[key])  # they began alike
    with np.load(folder / "predictions.npz") as arrays:
        again = predict_persons(
            {"C": open_model(folder, "C", device=CPU).network}, crops_of(folder), batch=4, device=CPU
        )
        assert np.abs(again["C"] - arrays["C"]).max() < 1e-3


def crops_of(folder: Path, *, closer: float = 1.0) -> CropStore:
    manifest = read_manifest(folder / "manifest.json")
    model = replace(manifest.config.model, box_scale=manifest.config.model.box_scale / closer)
    specs = [crop_spec(person.image, person.box, person.lens, model) for person in manifest.persons]
    return CropStore(specs, Frame(64, 64, context=1.0), threads=1)


def test_before_its_first_step_an_imported_round_says_what_the_model_says(make_round, movenet_file, monkeypatch):
    folder = make_round(imported=movenet_file, steps=1, method="supervised")
    monkeypatch.setattr(round, "train", lambda *_, **__: iter(()))
    assert run_round(folder, device=CPU)
    graph = import_graphs(read_manifest(folder / "manifest.json").config.model).first
    network = build_on(graph, ["left_wrist", "right_wrist", "left_ankle", "right_ankle"], 0)
    said = predict_persons({"A": network}, crops_of(folder), batch=4, device=CPU)["A"]
    with np.load(folder / "predictions.npz") as arrays:
        for name in MEMBERS:
            assert np.abs(arrays[name][:, 1:] - said).max() < 1e-3, "batches of another size round otherwise"


def test_the_student_looks_closer_at_every_person(make_round, movenet_file, monkeypatch):
    folder = make_round(imported=movenet_file, steps=1, method="supervised")
    monkeypatch.setattr(round, "train", lambda *_, **__: iter(()))
    assert run_round(folder, device=CPU)
    graph = import_graphs(read_manifest(folder / "manifest.json").config.model).first
    network = build_on(graph, ["left_wrist", "right_wrist", "left_ankle", "right_ankle"], 0)
    with np.load(folder / "predictions.npz") as arrays:
        said = predict_persons({"C": network}, crops_of(folder, closer=CLOSER), batch=4, device=CPU)["C"]
        assert np.abs(arrays[CLOSER_LOOK][:, 1:] - said).max() < 1e-3
        assert np.abs(arrays[CLOSER_LOOK] - arrays["C"]).max() > 1e-3, "a larger crop is another"
        told = [line for line in lines(folder) if line["stage"] == "predict"]
        assert told[-1]["step"] == told[-1]["steps"] == 2 * len(arrays["ids"])


def test_a_round_that_stopped_among_its_predictions_goes_on_there_to_the_same_ones(make_round, monkeypatch, tmp_path):
    folder = make_round(labelled=3, unlabelled=4, validation=2, steps=2)
    whole = tmp_path / "whole"
    whole.mkdir()
    (whole / "manifest.json").write_bytes((folder / "manifest.json").read_bytes())
    assert run_round(whole, device=CPU)
    looked: list[int] = []

    def look(networks, crops, **arguments):
        looked.append(len(crops.specs))
        if len(looked) == fails_at:
            raise RuntimeError("the power went")
        return real_look(networks, crops, **arguments)

    real_look = pool.predict_persons
    monkeypatch.setattr(shards, "SHARD_PERSONS", 4)
    monkeypatch.setattr(pool, "predict_persons", look)
    monkeypatch.setattr(round._Round, "measure", lambda *_: {})
    fails_at = 3
    assert not run_round(folder, device=CPU)
    scoring = read_scoring(folder)
    assert list(folder.glob("predictions*")) == [scoring.path(folder, 0)]
    looked.clear()
    fails_at = 99
    assert run_round(folder, device=CPU)
    assert looked == [1, 1, 4, 4], "the first four are not looked at again; what was begun comes last"
    told = [line for line in lines(folder) if line["stage"] == "predict"]
    assert told[-1]["step"] == told[-1]["steps"] == 18
    assert told[-1]["seconds_left"] == 0
    assert not list(folder.glob("predictions-*"))
    with np.load(folder / "predictions.npz") as found, np.load(whole / "predictions.npz") as wanted:
        assert found["ids"].tolist() == wanted["ids"].tolist()
        for name in (*MEMBERS, CLOSER_LOOK):
            np.testing.assert_allclose(found[name], wanted[name], atol=1e-3)


@pytest.mark.parametrize("held", [{}, {"anchor": 0.2}, {"held_out": 0.2}])
def test_an_imported_round_that_stopped_goes_on_to_the_same_networks(
    make_round, movenet_file, tmp_path, monkeypatch, held
):
    folder = make_round(imported=movenet_file, draws="own", steps=6, snapshot_every=2, learning_rate=1e-4, **held)
    whole = tmp_path / "whole"
    whole.mkdir()
    (whole / "manifest.json").write_bytes((folder / "manifest.json").read_bytes())
    assert run_round(whole, device=CPU)

    def stop_after(trio, optimiser, data, config, **arguments):
        for log in real_train(trio, optimiser, data, config, **arguments):
            if log.step == 5:
                raise RuntimeError("the power went")
            yield log

    real_train = round.train
    monkeypatch.setattr(round, "train", stop_after)
    assert not run_round(folder, device=CPU)
    monkeypatch.setattr(round, "train", real_train)
    movenet_file.unlink()  # what was kept in the folder is enough
    assert run_round(folder, device=CPU)
    for name in "ABC":
        one, other = tensors(folder, name), tensors(whole, name)
        assert all(torch.equal(one[key], other[key]) for key in one)


def test_a_later_round_goes_on_from_an_imported_rounds_networks(make_round, movenet_file, tmp_path):
    first = make_round(imported=movenet_file, draws="own", steps=2, method="supervised", learning_rate=1e-4)
    assert run_round(first, device=CPU)
    later = tmp_path / "later"
    first.rename(later)
    (tmp_path / "round").mkdir()
    manifest = read(later, "manifest.json")
    manifest["config"]["model"]["weights"] = manifest["weights"] = str(later)
    manifest["config"]["train"]["learning_rate"] = 1e-12
    (first / "manifest.json").write_text(json.dumps(manifest))
    movenet_file.unlink()
    assert run_round(first, device=CPU)
    for name in "AB":
        one, other = tensors(first, name), tensors(later, name)
        assert all(torch.allclose(one[key].float(), other[key].float(), atol=1e-9) for key in one)


def test_a_round_whose_model_is_gone_says_so(make_round, movenet_file):
    folder = make_round(imported=movenet_file)
    movenet_file.unlink()
    assert not run_round(folder, device=CPU)
    assert "no ONNX file that lies there" in read(folder, "status.json")["error"]


@pytest.fixture
def simcc_file(tmp_path) -> Path:
    path = tmp_path / "small_simcc.onnx"
    path.write_bytes(learning_simcc())
    return path


SIMCC = {"skeleton": ALL_KNOWN, "loss": "cross_entropy", "heatmap_sigma": 0.7, "draws": "own"}


def test_a_simcc_model_learns_and_moves_as_far_as_held_out_people_say(make_round, simcc_file):
    folder = make_round(
        imported=simcc_file, labelled=60, unlabelled=0, validation=10, method="supervised", held_out=0.2,
        learning_rate=3e-3, steps=80, snapshot_every=10, labelled_batch=8, **SIMCC,
    )  # fmt: skip
    assert run_round(folder, device=CPU), read(folder, "status.json")
    losses = [line["loss"] for line in lines(folder) if "loss" in line]
    assert losses[-1] < 0.9 * losses[0]
    report = read(folder, "report.json")
    assert all(moved["part"] > 0 and moved["after"] > moved["before"] + 0.2 for moved in report["moved"].values())
    assert report["ap"]["A"]["mean_oks"] > 0.3


def test_simcc_networks_teach_each_other(make_round, simcc_file):
    folder = make_round(imported=simcc_file, snapshot_every=2, learning_rate=1e-3, mask_peak=0.0, **SIMCC)
    assert run_round(folder, device=CPU), read(folder, "status.json")
    graph = import_graphs(read_manifest(folder / "manifest.json").config.model).first
    start = build_on(graph, ALL_KNOWN.keypoints, 0).state_dict()
    for name in "ABC":
        learnt = tensors(folder, name)
        assert all(torch.isfinite(one).all() for one in learnt.values())
        products = [key for key in learnt if learnt[key].ndim == 2]  # the axes' own weights
        assert len(products) == 3 and all(not torch.equal(learnt[key], start[key]) for key in products)
