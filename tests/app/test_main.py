"""The command line: one JSON document on stdout, one sentence on stderr, 0 only on success."""

import argparse
import dataclasses
import errno
import io
import json
import math
import os
import re
import shlex
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from app.__main__ import build_parser, main
from app.cli.running import run as carry_out
from app.demo.home import DEMO_FOLDER
from app.home.settings import read_settings
from app.pool.order_figures import note_figures
from app.web.pages.launch_form import LAST, _begun_from
from db.clock import utc_now
from db.rounds import predictions, rounds, workers
from db.rounds.workers import Worker
from db.store.session import Store, open_store
from sspcm.config import RoundConfig
from sspcm.manifest import Manifest, manifest_data
from sspcm.ranking.corrections import Measured
from sspcm.skeletons.skeleton import get_skeleton
from tests.app.rounds.measured_home import accept, add_persons, away, predict, publish_judged, score
from tests.onnx_files import learning_movenet, movenet

ROOT = Path(__file__).parents[2]
NOT_FITTED = Measured(0, 0, 0.2, math.nan, 0.9, 0.8, 0.0, fitted_is_used=False, placed_is_used=False)
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def _no_other_home(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSPCM_HOME", "SSPCM_PORT", "SSPCM_BUCKET", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """A command on one home: its exit status, stdout and stderr."""

    def do(*arguments: str) -> tuple[int, str, str]:
        status = main(["--home", str(tmp_path / "home"), *arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return do


def importing(part: str) -> tuple[str, ...]:
    return ("import", str(DEMO_FOLDER / "images"), "--annotations", str(DEMO_FOLDER / f"{part}.json"))


@pytest.mark.parametrize("where", [["--home", "", "queue"], ["queue", "--home="]])
def test_an_empty_home_is_refused_before_anything_is_made(
    where: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit):
        main(where)
    assert "it is empty; give a folder" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "command",
    [["queue"], ["export", "labels.json"], ["skeleton", "show"], ["camera", "list"], ["camera", "set", "x", "--plain"]],
)
def test_who_has_imported_nothing_reads_the_command_that_imports_here(
    command: list[str], run: Run, tmp_path: Path
) -> None:
    run("migrate")
    _, out, err = run(*command)
    assert f"--home {tmp_path / 'home'} import IMAGES_DIR" in out + err


def test_a_file_of_settings_may_begin_with_a_byte_order_mark_and_no_text_is_told(run: Run, tmp_path: Path) -> None:
    run("migrate")
    run("user", "add", "lea", "--role", "lead")
    (tmp_path / "marked.toml").write_bytes(b"\xef\xbb\xbfseed = 1\n")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    assert "no person is labelled yet" in run("round", "launch", "--config", str(tmp_path / "marked.toml"))[2]
    assert "bytes.toml is no text in UTF-8" in run("round", "launch", "--config", str(tmp_path / "bytes.toml"))[2]


def test_a_fresh_home_is_imported_queued_and_exported(run: Run, tmp_path: Path) -> None:
    status, out, _ = run(*importing("seed"), "--group-from", "room", "--json")
    assert (status, json.loads(out)["images_new"]) == (0, 11)
    status, out, _ = run("queue", "--json")
    assert (status, json.loads(out)) == (0, {"items": [], "starts": None, "order": None, "corrected": None})
    status, out, _ = run("export", str(tmp_path / "out.json"), "--json")
    assert (status, json.loads(out)["labelled"]) == (0, 53)
    assert len(json.loads((tmp_path / "out.json").read_text())["annotations"]) == 53
    status, out, _ = run("round", "list", "--json")
    assert (status, json.loads(out)) == (0, {"rounds": []})


def test_one_command_leads_from_boxes_and_a_model_to_a_ranked_queue(run: Run, tmp_path: Path) -> None:
    model = tmp_path / "dots.onnx"
    model.write_bytes(movenet())
    status, out, _ = run(*importing("pool"), "--prelabel", str(model), "--json")
    told = json.loads(out)["prelabel"]
    assert (status, told["model"], told["layout"]) == (0, "dots", "movenet")
    assert told["predicted"] == told["persons"] > 0
    _, out, _ = run("queue", "--json")
    first = next(item for item in json.loads(out)["items"] if not item["blind"])
    assert any("copies" in why or "copy" in why for why in first["reasons"])
    starts = json.loads(out)["starts"]
    assert starts["words"] == "Annotators begin from the poses of dots."
    _, out, _ = run("round", "starts")
    assert out.splitlines()[1] == f"  * {'dots':<28} not measured"
    assert run("round", "starts", "--use", "imported")[2].startswith("round starts: there is no lead")
    run("user", "add", "lea", "--role", "lead")
    assert "no round is published" in run("round", "starts", "--use", "student")[2]
    _, out, _ = run("round", "starts", "--use", "imported", "--json")
    assert json.loads(out)["lead"] == "lea"
    assert "wanted --use student" in run("round", "starts", "--round", "1")[2]
    for change in ("cancel", "resume", "retry", "promote", "delete", "show"):
        _, _, err = run("round", change, "7")
        assert err.startswith(f"round {change}: there is no round 7") and "round list" in err
    status, out, _ = run("prelabel", str(model), "--json")
    assert (status, json.loads(out)["predicted"], json.loads(out)["known"]) == (0, 0, told["persons"])


def test_two_rounds_are_compared_in_lines_and_as_json(
    sqlite_store: Store,
    sqlite_url: str,
    run: Run,
    add_people: Callable[..., Any],
    add_account: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lead = add_account(sqlite_store, "lea", "lead")
    ids = add_persons(sqlite_store, add_people, 24, split="validation", labelled=True)
    for pixels in (4.0, 2.0):
        publish_judged(sqlite_store, score(sqlite_store, lead, ids, lambda i, pixels=pixels: pixels + i % 3))
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    status, out, _ = run("round", "compare", "1", "2")
    assert status == 0 and out.startswith("Round 2's student is surely better: its mean OKS is ")
    assert "on 24 validation people in 24 images." in out and "  right_ankle" in out
    assert "round 1: not measured: 0 people whom it ranked were labelled" in out
    document = json.loads(run("round", "compare", "1", "2", "--json")[1])
    assert (document["wins"], document["persons"], len(document["keypoints"])) == (2, 24, 17)
    assert "there is no round 7" in run("round", "compare", "1", "7")[2]
    assert "compared with itself" in run("round", "compare", "1", "1")[2]


def test_a_supervised_twin_is_launched_once_and_compared_when_it_has_ended(
    sqlite_store: Store,
    sqlite_url: str,
    run: Run,
    tmp_path: Path,
    add_people: Callable[..., Any],
    add_account: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lead = add_account(sqlite_store, "lea", "lead")
    ids = add_persons(sqlite_store, add_people, 24, split="validation", labelled=True)
    publish_judged(sqlite_store, score(sqlite_store, lead, ids, lambda i: 4.0 + i % 3))
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    twin = ("round", "compare", "1", "--with-supervised")
    assert "The manifest of round 1 is gone" in run(*twin)[2]
    skeleton = get_skeleton("coco-17")
    manifest = Manifest(skeleton=skeleton, config=RoundConfig(), weights=None, persons=())
    (tmp_path / "home" / "r").mkdir(parents=True)
    (tmp_path / "home" / "r" / "manifest.json").write_text(json.dumps(manifest_data(manifest)))
    assert run(*twin)[1].startswith("Round 2 is queued: the twin of round 1, with its labels and settings, supervised.")
    again = json.loads(run(*twin, "--json")[1])
    assert (again["number"], again["twin_of"], again["state"]) == (2, 1, "queued")
    with sqlite_store.transaction() as tx:
        record = rounds.get(tx, 2)
        predictions.add_predictions(tx, record.id, [(i, away(2.0 + i % 3, "C")) for i in ids])
        rounds.keep(tx, record.id, because="a twin", metrics={}, directory="t", now=utc_now())
    _, out, _ = run(*twin)
    assert out.startswith("Round 2's student is surely better") and "Round 2 is the twin of round 1" in out
    for wrong in (("1",), ("1", "2", "--with-supervised")):
        assert "wanted two rounds, or one and --with-supervised" in run("round", "compare", *wrong)[2]


def test_the_starts_say_what_the_published_round_spared(
    sqlite_store: Store,
    sqlite_url: str,
    run: Run,
    add_people: Callable[..., Any],
    add_account: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lead, ids = add_account(sqlite_store, "lea", "lead"), add_persons(sqlite_store, add_people, 5)
    publish_judged(sqlite_store, score(sqlite_store, lead, ids, lambda _: 0.0))
    accept(sqlite_store, lead, ids)
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    _, out, _ = run("round", "starts")
    said = "From its poses the 5 people labelled since round 1 take 1.0 actions each, with every keypoint"
    assert said in out
    _, out, _ = run("round", "starts", "--json")
    spared = json.loads(out)["spared"]
    assert (spared["words"].startswith(said), spared["labelled"]["fewer"], spared["validation"]) == (True, 17.0, None)


def test_a_model_that_cannot_be_used_is_refused_before_anything_is_imported(run: Run, tmp_path: Path) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"no model")
    status, out, err = run(*importing("pool"), "--prelabel", str(broken))
    assert (status, out) == (1, "")
    assert "broken cannot be opened as an ONNX model" in err
    assert not (tmp_path / "home" / "images").exists()


def test_the_queue_tells_images_places_and_reasons(run: Run) -> None:
    run(*importing("pool"), "--split", "train")
    status, out, _ = run("queue", "--limit", "3", "--json")
    items = json.loads(out)["items"]
    assert (status, len(items)) == (0, 3)
    assert all(
        set(item) == {"image", "split", "score", "reasons", "blind", "held_by"} and item["reasons"] for item in items
    )
    _, plain, _ = run("queue", "--limit", "3")
    assert [line.split()[1:3] for line in plain.splitlines()] == [["-", item["image"]] for item in items]
    assert len({line.split(maxsplit=3)[3] for line in plain.splitlines()}) == 1, "which are blind is not shown"


def test_every_worker_is_listed_and_without_one_the_command_that_starts_it(run: Run, tmp_path: Path) -> None:
    run(*importing("pool"), "--split", "train")
    status, plain, _ = run("workers")
    assert (status, plain.splitlines()[-1].split(maxsplit=1)[0]) == (0, "No")
    assert plain.rstrip().endswith(f"--home {tmp_path / 'home'} worker")
    with closing(open_store(read_settings(tmp_path / "home").database_url)) as store, store.transaction() as tx:
        workers.arrive(tx, Worker("local", "box", 7, "1", utc_now(), device="cuda"))
        workers.beat(tx, Worker("local", "box", 7, "1", utc_now()), doing="round 3, train")
    _, plain, _ = run("workers")
    first, last = plain.splitlines()
    assert " ".join(first.split()) == "local works round 3, train (heard of 0 s ago; box, process 7, cuda)"
    assert last == "One worker runs."
    _, out, _ = run("workers", "--json")
    assert [one["state"] for one in json.loads(out)["workers"]] == ["works"]
    status, _, err = run("worker", "--name", "a b")
    assert (status, "the worker's name is 'a b'; wanted at most 64 letters" in err) == (1, True)
    status, _, err = run("worker", "--name", "gpu-2")
    assert (status, "one worker serves under no name" in err) == (1, True)


def test_the_queue_counts_who_is_corrected_by_now_and_names_what_orders_it_anew(
    sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], add_people: Any, add_account: Any
) -> None:
    store = open_store(sqlite_url)
    ids = add_persons(store, add_people, 32)
    predict(store, ids, lambda i: 3.0)
    judge = dataclasses.replace(NOT_FITTED, persons=3)
    note_figures(tmp_path, judge)
    accept(store, add_account(store), ids[:30])
    store.close()
    main(["--home", str(tmp_path), "queue"])
    told = capsys.readouterr().out
    assert "from 25 corrected people on (30 so far)" in told
    assert "It was made when 3 people were corrected; now there are 30. A worker orders anew: " in told
    assert told.rstrip().endswith(" worker")
    main(["--home", str(tmp_path), "queue", "--json"])
    assert json.loads(capsys.readouterr().out)["corrected"] == 30


def test_a_cameras_circle_is_listed_set_and_given_back_to_finding(run: Run) -> None:
    status, out, _ = run(*importing("seed"), "--group-from", "room", "--json")
    lenses = json.loads(out)["lenses"]
    assert (status, lenses["found"] > 0, lenses["set"]) == (0, True, 0)
    listed = json.loads(run("camera", "list", "--json")[1])["cameras"]
    assert sum(lenses.values()) == len(listed)
    name = listed[0]["name"]
    status, out, _ = run("camera", "set", name, "--lens", "310,300.5,280", "--json")
    told = json.loads(out)
    assert (status, told["source"], told["lens"]) == (0, "set", {"x": 310.0, "y": 300.5, "radius": 280.0})
    assert "no fisheye" in run("camera", "set", name, "--plain")[1]
    status, out, _ = run("camera", "set", name, "--find", "--json")
    assert (status, json.loads(out)["source"], json.loads(out)["lens"]) == (0, "found", listed[0]["lens"])
    assert f"there is no camera 'nowhere' (there are: {name}" in run("camera", "set", "nowhere", "--plain")[2]


def test_an_account_gets_a_password_once(run: Run) -> None:
    status, out, _ = run("user", "add", "ann", "--role", "annotator", "--json")
    assert status == 0
    assert len(json.loads(out)["password"]) >= 12
    status, out, err = run("user", "add", "Ann", "--role", "lead")
    assert (status, out) == (1, "")
    assert "there is an account 'ann' already; wanted a new name. Capitals do not tell accounts apart." in err


def test_a_password_from_stdin_is_not_repeated(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("correct horse battery\n"))
    status, out, err = run("user", "add", "ann", "--role", "annotator", "--password-stdin", "--json")
    assert (status, json.loads(out)) == (0, {"name": "ann", "role": "annotator"})
    assert "correct horse" not in out + err


def test_the_only_lead_launches_and_a_second_round_waits_for_the_first(run: Run) -> None:
    run(*importing("seed"))
    assert "there is no lead" in run("round", "launch")[2]
    run("user", "add", "lea", "--role", "lead")
    assert "no lead is named 'lee'" in run("round", "launch", "--as", "lee")[2]
    status, out, _ = run("round", "launch", "--preset", "demo", "--dry-run")
    assert status == 0 and re.search(r"preset 'demo'\.\n200 steps on 53 labelled people, then .+ of disk", out), out
    assert json.loads(run("round", "list", "--json")[1])["rounds"] == []
    status, out, _ = run("round", "launch", "--preset", "demo", "--json")
    launched = json.loads(out)
    assert (status, launched["number"], launched["state"], launched["launched_by"]) == (0, 1, "queued", "lea")
    assert launched["config"]["model"]["input_height"] == 96
    shown = json.loads(run("round", "show", "1", "--json")[1])
    assert {"number", "state", "stage", "metrics", "error"} <= set(shown)
    status, out, err = run("round", "launch", "--preset", "demo")
    assert (status, out) == (1, "")
    assert "round 1" in err
    run("user", "add", "leo", "--role", "lead")
    assert "several leads (lea, leo)" in run("round", "launch")[2]


def test_a_launch_without_options_begins_as_the_page_does_and_the_home_remembers(run: Run, tmp_path: Path) -> None:
    run(*importing("seed"))
    run("user", "add", "lea", "--role", "lead")
    home = str(tmp_path / "home")
    with closing(open_store(read_settings(Path(home)).database_url)) as store:
        begun = dataclasses.asdict(_begun_from(store, Path(home), LAST).config)
        first = json.loads(run("round", "launch", "--json")[1])
        assert (first["config"], first["from"]) == (json.loads(json.dumps(begun)), "the preset 'demo'")
        end(store)
        settings = tmp_path / "mine.toml"
        settings.write_text("seed = 8\n[train]\nsteps = 5\n")
        arguments = ("--preset", "standard", "--method", "dualpose", "--config", str(settings))
        mine = json.loads(run("round", "launch", *arguments, "--json")[1])
        assert (mine["from"], mine["config"]["train"]["steps"]) == ("the preset 'standard'", 5)
        end(store)
        again = json.loads(run("round", "launch", "--json")[1])
        assert (again["config"], again["from"]) == (mine["config"], "the settings of round 2")
        assert json.loads(json.dumps(dataclasses.asdict(_begun_from(store, Path(home), LAST).config))) == mine["config"]


def test_a_launch_in_a_home_that_was_given_a_pose_model_begins_from_it(run: Run, tmp_path: Path) -> None:
    model = tmp_path / "strong.onnx"
    model.write_bytes(learning_movenet(96))
    run(*importing("seed"))
    run("user", "add", "lea", "--role", "lead")
    assert "no pose model that can be trained" in run("round", "launch", "--preset", "imported")[2]
    run("prelabel", str(model))
    model.unlink()
    (tmp_path / "rules.onnx").write_bytes(movenet())
    run("prelabel", str(tmp_path / "rules.onnx"))
    launched = json.loads(run("round", "launch", "--json")[1])
    assert launched["from"] == "the preset 'imported' with strong"
    assert launched["passed_over"].startswith("rules has no plain convolutions")
    assert launched["pseudo_labels"].startswith("What rules predicts teaches instead")
    assert launched["config"]["train"]["pseudo_share"] == 0.5
    assert launched["config"]["model"]["weights"] == "models/strong"
    assert launched["config"]["model"]["input_height"] == 96


def end(store: Store) -> None:
    """The active round over, so that another may be launched."""
    with store.transaction() as tx:
        rounds.fail(tx, rounds.latest(tx, 1)[0].id, "over")


def test_settings_of_a_round_lie_over_the_preset_and_a_misspelt_one_is_named(run: Run, tmp_path: Path) -> None:
    run(*importing("seed"))
    run("user", "add", "lea", "--role", "lead")
    settings = tmp_path / "round.toml"
    settings.write_text("[train]\nstep = 5\n")
    assert "Did you mean 'train.steps'?" in run("round", "launch", "--config", str(settings))[2]
    settings.write_text("[train\n")
    assert "are not TOML" in run("round", "launch", "--config", str(settings))[2]
    settings.write_text("[train]\nsteps = 5\n")
    status, out, _ = run("round", "launch", "--preset", "demo", "--config", str(settings), "--json")
    assert (status, json.loads(out)["config"]["train"]["steps"]) == (0, 5)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("import", "/nowhere"), "not a folder"),
        (("round", "show", "9"), "round 9"),
        (("round", "launch", "--config", "/nowhere.toml"), "/nowhere.toml: No such file"),
        (("export", "/proc/labels.json"), "/proc"),
        (("import", ".", "--skeleton", "coco17"), "Did you mean 'coco-17'?"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(arguments: tuple[str, ...], said: str, run: Run) -> None:
    run(*importing("seed"))
    status, out, err = run(*arguments)
    assert (status, out) == (1, "")
    assert said in err
    assert len(err.splitlines()) == 1


def test_the_home_goes_before_the_command_or_after_it_and_not_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    homes = [str(tmp_path / name) for name in ("a b", "b")]
    assert main(["migrate", "--home", homes[0]]) == main(["--home", homes[0], "migrate"]) == 0
    assert main(["--home", homes[0], "migrate", "--home", f"{homes[0]}/../a b"]) == 0
    assert (tmp_path / "a b" / "store.db").exists() and not (tmp_path / "b").exists()
    assert main(["user", "add", "ann", "--role", "annotator", "--home", homes[0]]) == 0
    with pytest.raises(SystemExit) as ended:
        main(["--home", homes[0], "migrate", "--home", homes[1]])
    assert ended.value.code == 2 and "give it once" in capsys.readouterr().err


def test_what_is_suggested_can_be_typed_for_this_very_home(run: Run, tmp_path: Path) -> None:
    home = shlex.quote(str(tmp_path / "home"))
    assert run("queue")[2].endswith(f"Make it first: python -P -m app --home {home} migrate\n")
    run("migrate")
    assert f"python -P -m app --home {home} import IMAGES_DIR" in run("camera", "list")[1]
    assert f"python -P -m app --home {home} round launch" in run("round", "list")[1]
    said = run("round", "show", "3")[2]
    assert said.endswith(f"See those there are: python -P -m app --home {home} round list\n") and "page" not in said
    run(*importing("seed"))
    assert f"python -P -m app --home {home} user add NAME --role lead" in run("round", "launch")[2]


@pytest.mark.parametrize(
    "arguments", [("round", "show", "9" * 30), ("queue", "--limit", "\u00b2"), ("up", "--port", "\u00b2")]
)
def test_an_odd_number_is_answered_with_its_usage(arguments: tuple[str, ...], run: Run) -> None:
    with pytest.raises(SystemExit) as ended:
        run(*arguments)
    assert ended.value.code == 2


@pytest.mark.parametrize("command", [("queue",), ("round", "list"), ("export", "x.json")])
def test_a_misspelt_home_is_not_made(command: tuple[str, ...], run: Run, tmp_path: Path) -> None:
    status, out, err = run(*command)
    assert (status, out) == (1, "")
    assert "there is no store" in err
    assert not (tmp_path / "home").exists()


def test_a_folder_of_broken_images_fails(run: Run, tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "a.jpg").write_bytes(b"no image")
    status, out, _ = run("import", str(tmp_path / "broken"), "--json")
    assert status == 1
    assert "'a.jpg'" in json.loads(out)["complaints"][0]


def test_a_database_that_does_not_answer_is_one_sentence(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://ann:secret@127.0.0.1:1/none")
    status, out, err = run("migrate")
    assert (status, out) == (1, "")
    assert "Check DATABASE_URL" in err
    assert "secret" not in err
    assert "Traceback" not in err


@pytest.mark.parametrize("command", ["demo", "up", "web"])
def test_a_taken_port_is_told_before_anything_is_made(command: str, run: Run, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        status, out, err = run(command, "--port", str(taken.getsockname()[1]))
    assert (status, out) == (1, "")
    assert "choose another with --port" in err
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    "arguments",
    [(), ("labels",), ("demo", "--port", "0"), ("queue", "--limit", "0"), ("demo", "--steps", "few"), ("round",)],
)
def test_a_misused_command_is_answered_with_its_usage(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err


def commands(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Every command's words, `round launch` among them."""
    if name := parser.get_default("command_name"):
        yield name
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for one in action.choices.values():
                yield from commands(one)


def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    for command in commands(build_parser()):
        with pytest.raises(SystemExit) as ended:
            build_parser().parse_args([*command.split(), "--help"])
        assert ended.value.code == 0
        said = capsys.readouterr().out
        assert f"python -P -m app --home data {command}" in said and "SSPCM_HOME" in said and "--home DIR" in said


def sqlite_error(kind: str, words: str) -> OperationalError:
    """As SQLAlchemy passes on what SQLite said."""
    error = sqlite3.OperationalError(words)
    error.sqlite_errorcode = getattr(sqlite3, kind)
    return OperationalError("INSERT", {}, error)


@pytest.mark.parametrize(
    "error,said",
    [
        (OSError(errno.ENOSPC, "No space left on device"), "is full"),
        (sqlite_error("SQLITE_FULL", "database or disk is full"), "is full"),
        (sqlite_error("SQLITE_READONLY", "attempt to write a readonly database"), "may not write into"),
    ],
)
def test_a_disk_that_takes_no_more_is_named_by_a_command(
    error: Exception, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_given: object) -> int:
        raise error

    assert carry_out(argparse.Namespace(home=tmp_path, run=fail, command_name="user add")) == 1
    told = capsys.readouterr().err
    assert said in told and str(tmp_path) in told and "DATABASE_URL" not in told


def test_every_option_has_a_word_of_help() -> None:
    def leaves(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                for one in action.choices.values():
                    yield from leaves(one)
            else:
                yield action

    assert [action for action in leaves(build_parser()) if not action.help] == []


def loaded_by(code: str) -> set[str]:
    """The top-level modules in a process that ran this."""
    shown = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", f"{code}; import sys; print(*sys.modules, file=sys.stderr)"],
        check=True,
        capture_output=True,
        cwd=ROOT,
    )
    return {name.split(".")[0] for name in shown.stderr.decode().split()}


def test_help_loads_nothing_heavy() -> None:
    loaded = loaded_by("from app.__main__ import build_parser; build_parser().format_help()")
    assert not loaded & {"numpy", "sqlalchemy", "gradio", "dbos", "cv2", "torch"}


def test_the_web_process_never_loads_torch_nor_onnxruntime() -> None:
    loaded = loaded_by("import app.web.server, app.processes.supervisor, app.demo.check, app.cli.running")
    assert not loaded & {"torch", "onnxruntime"}


@contextmanager
def running(*arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
    """The command in a process of its own, told to stop at the end."""
    environ = os.environ | {"PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-P", "-m", "app", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT, env=environ) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def read_document(process: "subprocess.Popen[bytes]") -> dict[str, Any]:
    """The one JSON document on its stdout; its last line is the closing brace."""
    assert process.stdout is not None
    lines = []
    while not lines or lines[-1] != b"}\n":
        lines.append(process.stdout.readline())
        assert lines[-1], "it ended before the document did"
    document: dict[str, Any] = json.loads(b"".join(lines))
    return document


def test_the_demo_tells_where_it_is_and_who_may_sign_in(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    with running("--home", str(tmp_path / "home"), "demo", "--port", port, "--json") as process:
        told = read_document(process)
        assert told["url"] == f"http://127.0.0.1:{port}"
        with httpx.Client(base_url=told["url"], headers={"Origin": told["url"]}, timeout=30) as client:
            for name, password in told["accounts"].items():
                assert client.post("/login", data={"name": name, "password": password}).status_code == 303
                assert client.get("/api/session").json()["user"] == {"name": name, "role": name}
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
        assert process.stdout is not None
        assert process.stdout.read() == b"", "one document and nothing else"


def test_an_import_that_took_nothing_says_why_on_stderr(run: Run, tmp_path: Path) -> None:
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames" / "a.jpg").write_bytes(b"no image")
    status, out, err = run("import", str(tmp_path / "frames"), "--json")
    assert (status, json.loads(out)["images_new"]) == (1, 0)
    assert err.count("\n") == 1 and "no image could be taken" in err and "'a.jpg'" in err


def test_a_header_with_predictions_of_its_own_never_ends_an_export(run: Run, tmp_path: Path) -> None:
    file, out = tmp_path / "in.json", tmp_path / "out.json"
    seed = json.loads((DEMO_FOLDER / "seed.json").read_text())
    file.write_text(json.dumps({**seed, "predictions": 7}))
    assert run("import", str(DEMO_FOLDER / "images"), "--annotations", str(file))[0] == 0
    status, told, _ = run("export", str(out), "--json")
    assert (status, json.loads(told)["predictions"], json.loads(out.read_text())["predictions"]) == (0, 0, 7)
    status, told, _ = run("export", str(out), "--json", "--with-predictions")
    assert (status, json.loads(out.read_text())["predictions"]) == (0, [])
    assert any("'predictions'" in said for said in json.loads(told)["changes"])


@pytest.mark.parametrize("command", [["queue"], ["up"], ["import", "x"], ["user", "add", "lea", "--role", "lead"]])
def test_a_home_that_is_a_file_is_refused_by_every_command(command: list[str], run: Run, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("no folder")
    status, _, err = run(*command)
    assert (status, "is a file; wanted a folder" in err) == (1, True)


def test_an_export_to_a_dash_writes_no_file_of_that_name(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    status, _, err = run("export", "-")
    assert (status, "Give a file's path" in err, (tmp_path / "-").exists()) == (1, True, False)


def test_an_error_begins_with_the_commands_words_whatever_its_arguments_are_called(run: Run) -> None:
    assert run("migrate")[0] == 0
    assert run("user", "add", "bob", "--role", "lead")[0] == 0
    assert "user add: " in run("user", "add", "bob", "--role", "lead")[2]
    assert "camera set: " in run("camera", "set", "nowhere", "--plain")[2]


def test_an_export_onto_a_link_writes_what_the_link_names_and_onto_a_pipe_nothing(run: Run, tmp_path: Path) -> None:
    seed = DEMO_FOLDER / "seed.json"
    assert run("import", str(DEMO_FOLDER / "images"), "--annotations", str(seed))[0] == 0
    target, link, pipe = tmp_path / "real.json", tmp_path / "link.json", tmp_path / "pipe.json"
    target.write_text("old")
    link.symlink_to(target)
    os.mkfifo(pipe)
    assert run("export", str(link))[0] == 0
    assert link.is_symlink() and json.loads(target.read_text())["images"]
    assert "is no file; wanted one to write" in run("export", str(pipe))[2]


def test_an_export_never_takes_the_stores_place(run: Run, tmp_path: Path) -> None:
    assert run(*importing("pool"))[0] == 0
    before = (tmp_path / "home" / "store.db").read_bytes()
    assert "is what a home lives on" in run("export", str(tmp_path / "home" / "store.db"))[2]
    assert (tmp_path / "home" / "store.db").read_bytes() == before


def test_an_account_whose_password_could_not_be_told_is_none(tmp_path: Path) -> None:
    command = [sys.executable, "-P", "-m", "app", "--home", str(tmp_path / "home"), "user", "add"]
    with Path("/dev/full").open("w") as full:
        lost = subprocess.run([*command, "ann", "--role", "lead"], stdout=full, stderr=subprocess.PIPE, text=True)
    assert (lost.returncode, "could not be written to stdout (No space left" in lost.stderr) == (1, True), lost.stderr
    ascii_alone = os.environ | {"PYTHONIOENCODING": "ascii"}
    for name, told in (("ann", "ann"), ("zoé", "zo\\xe9")):
        added = subprocess.run([*command, name, "--role", "lead"], capture_output=True, text=True, env=ascii_alone)
        assert (added.returncode, told in added.stdout, "password" in added.stdout) == (0, True, True), added.stderr


def test_a_password_from_a_closed_stdin_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert "there is no stdin" in run("user", "add", "ann", "--role", "lead", "--password-stdin")[2]


def test_a_password_that_is_no_text_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("p\udce4sswort-lang\n"))
    status, out, err = run("user", "add", "ann", "--role", "lead", "--password-stdin")
    assert (status, out) == (1, "") and "is no text in UTF-8" in err


def test_the_home_may_stand_between_the_two_words_of_a_command(run: Run, tmp_path: Path) -> None:
    assert run("migrate")[0] == 0
    parsed = build_parser().parse_args(["round", "--home", str(tmp_path / "home"), "list"])
    assert parsed.home_after == tmp_path / "home"
    assert run("round", "--home", str(tmp_path / "home"), "list")[0] == 0


def test_who_reads_no_further_ends_a_command_without_a_word(tmp_path: Path) -> None:
    code = "import sys; from app.__main__ import main; sys.exit(main(sys.argv[1:]))"
    assert main(["--home", str(tmp_path), "migrate"]) == 0
    command = [sys.executable, "-c", code, "--home", str(tmp_path), "queue"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert (process.stderr.read(), process.wait(60)) == (b"", 0)


def test_images_are_kept_for_validation_listed_and_given_back(run: Run, tmp_path: Path) -> None:
    run(*importing("pool"), "--split", "train")
    assert json.loads(run("validation", "list", "--json")[1])["persons"] == 0
    added = json.loads(run("validation", "add", "--share", "0", "--at-least", "5", "--json")[1])
    assert added["validation_persons"] == added["persons"] >= 5
    listed = json.loads(run("validation", "list", "--json")[1])
    assert (listed["persons"], listed["open"]) == (added["persons"], added["persons"])
    split = {item["image"]: item["split"] for item in json.loads(run("queue", "--limit", "500", "--json")[1])["items"]}
    names = [one["image"] for one in listed["images"]]
    assert sorted(names) == sorted(name for name in split if split[name] == "validation")
    assert "given back to the pool; validation has 0 people now" in run("validation", "remove", *names)[1]
    status, _, err = run("validation", "remove", "nowhere.jpg")
    assert (status, "no validation image is called 'nowhere.jpg'" in err) == (1, True)
    assert run("validation", "add", names[0], "--share", ".1")[0] == 1


def test_people_too_small_are_skipped_at_once_and_taken_back(run: Run) -> None:
    run(*importing("pool"), "--split", "train")
    assert "there is no lead; a lead skips people at once" in run("unlabelable", "skip")[2]
    run("user", "add", "lea", "--role", "lead")
    told = json.loads(run("unlabelable", "list", "--json")[1])
    assert told["people"] == told["small"] + told["dark"] > 10, "frames of the demo are small"
    assert run("unlabelable", "list")[1].startswith(f"{told['people']} people are too small or too dark to be labelled")
    assert run("unlabelable", "skip")[1].startswith(f"{told['people']} people skipped")
    assert json.loads(run("unlabelable", "skip", "--json")[1])["persons"] == 0
    assert json.loads(run("unlabelable", "list", "--json")[1])["skipped"] == told["people"]
    assert json.loads(run("unlabelable", "take-back", "--json")[1])["persons"] == told["people"]
    assert json.loads(run("unlabelable", "list", "--json")[1]) == told


def test_a_homes_files_are_put_into_a_bucket_once_and_a_home_stays_with_it(
    run: Run, bucket_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(*importing("seed"))[0] == 0
    status, _, said = run("bucket", "fill")
    assert (status, "this home has no bucket; wanted one to fill. Set SSPCM_BUCKET=" in said) == (1, True)
    monkeypatch.setenv("SSPCM_BUCKET", f"{bucket_url}/team")
    status, _, said = run("bucket", "fill")
    assert (status, "the store is a file of one machine" in said) == (1, True)
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody@nowhere/none")
    images = len(list((tmp_path / "home" / "images").rglob("*.jpg")))
    told = json.loads(run("bucket", "fill", "--json")[1])
    assert told == {"put": images + 1, "files": images + 1, "bucket": f"{bucket_url}/team"}, "and what they look like"
    assert run("bucket", "fill")[1] == f"0 of {images + 1} files were put into {bucket_url}/team; it had the others.\n"
    monkeypatch.delenv("SSPCM_BUCKET")
    status, _, said = run("queue")
    assert (status, said.startswith("queue: the home")) == (1, True)
    assert f"Set SSPCM_BUCKET={bucket_url}/team, or give another --home." in said


def test_a_simulation_is_asked_for_shown_and_cancelled(run: Run, tmp_path: Path) -> None:
    run(*importing("seed"))
    run("user", "add", "lea", "--role", "lead")
    assert "53 people are labelled; wanted 100" in run("simulate", "show")[1]
    status, _, err = run("simulate", "ask")
    assert (status, "53 people are labelled; wanted 100" in err) == (1, True)
    run(*importing("validation"))
    assert "no pose model that can be trained" in run("simulate", "ask")[2]
    model = tmp_path / "small.onnx"
    model.write_bytes(learning_movenet())
    run("prelabel", str(model))
    assert json.loads(run("simulate", "ask", "--json")[1])["state"] == "queued"
    assert "simulation 1 is queued; wanted one at a time" in run("simulate", "begin")[2]
    assert "was cancelled" in run("simulate", "cancel")[1]
    assert json.loads(run("simulate", "show", "--json")[1])["state"] == "cancelled"
    assert "no simulation is queued or running" in run("simulate", "cancel")[2]
    assert json.loads(run("simulate", "begin", "--json")[1])["number"] == 2


def test_a_homes_first_import_keeps_a_share_where_nobody_says_otherwise(run: Run) -> None:
    report = json.loads(run(*importing("pool"), "--json")[1])
    assert report["validation"]["persons"] >= 40
    again = json.loads(run(*importing("pool"), "--json")[1])
    assert again["validation"] is None
    assert run(*importing("seed"), "--split", "validation", "--validation-share", ".1")[0] == 1
