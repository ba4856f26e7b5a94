"""The home's skeleton is shown, and corrected without touching labels, predictions or rounds."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from app.__main__ import main
from app.home.skeletons import hint_of, pairing_hint
from db.pool import images, project
from db.pool.images import NewImage, NewPerson
from db.store.session import Store, open_store
from sspcm.pose import Box, Label
from sspcm.skeletons.skeleton import BUILT_IN, Skeleton, get_skeleton

COCO = get_skeleton("coco-17")
BODY_25 = (
    "Nose", "Neck", "RShoulder", "RElbow", "RWrist", "LShoulder", "LElbow", "LWrist", "MidHip", "RHip", "RKnee",
    "RAnkle", "LHip", "LKnee", "LAnkle", "REye", "LEye", "REar", "LEar", "LBigToe", "LSmallToe", "LHeel", "RBigToe",
    "RSmallToe", "RHeel",
)  # fmt: skip
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command on one home: its exit status, stdout and stderr."""
    for name in ("SSPCM_HOME", "SSPCM_PORT", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)

    def do(*arguments: str) -> tuple[int, str, str]:
        status = main(["--home", str(tmp_path / "home"), *arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return do


@pytest.fixture
def home(tmp_path: Path, run: Run) -> Store:
    """A home whose BODY_25 keypoints are all their own mirror images, as homes imported long ago are."""
    assert run("migrate")[0] == 0
    store = open_store(f"sqlite:///{tmp_path / 'home' / 'store.db'}")
    with store.transaction() as tx:
        own = Skeleton("person", BODY_25, ((0, 1),), tuple(range(25)), (0.07,) * 25)
        project.ensure_project(tx, name="hall", skeleton=own)
    return store


def write(path: Path, content: dict[str, Any]) -> str:
    path.write_text(json.dumps(content))
    return str(path)


def test_pairs_are_mended_by_name(run: Run, home: Store) -> None:
    assert json.loads(run("skeleton", "show", "--json")[1])["no_partner"] == [n for n in BODY_25 if n[0] in "LR"]
    status, out, _ = run("skeleton", "set", "--by-name")
    assert (status, out.splitlines()[0]) == (0, "mirror: 0 -> 11 pairs")
    told = json.loads(run("skeleton", "show", "--json")[1])
    assert (told["pairs"], told["mirror"][2], told["no_partner"]) == (11, 5, [])
    assert "nothing changed" in run("skeleton", "set", "--by-name")[1]


def test_a_file_of_the_same_keypoints_gives_mirror_sigmas_edges_and_name(run: Run, home: Store, tmp_path: Path) -> None:
    spoken = [name.lower() for name in BODY_25]
    file = write(tmp_path / "mine.json", {"name": "body", "keypoints": spoken, "sigmas": [0.05] * 25})
    status, out, _ = run("skeleton", "set", file, "--json")
    assert (status, json.loads(out)["changed"]) == (
        0,
        ["name: person -> body", "mirror: 0 -> 11 pairs", "edges: 1 -> 0", "sigmas: 25 of 25, as Nose's: 0.07 -> 0.05"],
    )
    assert json.loads(out)["skeleton"]["keypoints"] == list(BODY_25)


def test_what_show_prints_can_be_corrected_and_set(run: Run, home: Store, tmp_path: Path) -> None:
    shown = json.loads(run("skeleton", "show", "--json")[1])
    status, out, _ = run("skeleton", "set", write(tmp_path / "s.json", {**shown, "name": "mine"}))
    assert (status, out.splitlines()[0]) == (0, "name: person -> mine")


def test_a_skeleton_is_shown_in_lines(run: Run, home: Store) -> None:
    run("skeleton", "set", "--by-name")
    lines = run("skeleton", "show")[1].splitlines()
    assert lines[0] == "person: 25 keypoints, 11 pairs, 1 edges"
    assert lines[3].split() == ["2", "RShoulder", "<->", "LShoulder", "sigma", "0.07"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["coco-17"], "'RShoulder', 'RElbow' and 21 more only in 'person', 'left_eye'"),
        (["coco-71"], "Did you mean 'coco-17'"),
        (["no-such.json"], "no-such.json cannot be read"),
    ],
)
def test_what_cannot_be_set_is_one_sentence_and_changes_nothing(
    arguments: list[str], said: str, run: Run, home: Store
) -> None:
    before = run("skeleton", "show", "--json")
    status, out, err = run("skeleton", "set", *arguments)
    assert (status, out, len(err.splitlines())) == (1, "", 1)
    assert said in err
    assert run("skeleton", "show", "--json") == before


def test_names_without_sides_are_not_paired_by_name(run: Run, tmp_path: Path) -> None:
    run("migrate")
    store = open_store(f"sqlite:///{tmp_path / 'home' / 'store.db'}")
    with store.transaction() as tx:
        project.ensure_project(tx, name="h", skeleton=Skeleton("x", ("a", "b"), (), (1, 0), (0.1, 0.1)))
    status, _, err = run("skeleton", "set", "--by-name")
    assert status == 1
    assert "tell no left from right (a, b)" in err
    assert json.loads(run("skeleton", "show", "--json")[1])["pairs"] == 1


def test_a_home_without_project_and_one_that_is_not_there_say_so(run: Run) -> None:
    assert "cannot" in run("skeleton", "show")[2] or run("skeleton", "show")[0] == 1
    run("migrate")
    status, _, err = run("skeleton", "show")
    assert status == 1
    assert "no project yet" in err


def test_labels_and_predictions_stay_what_they_were(run: Run, tmp_path: Path, add_people: Callable[..., Any]) -> None:
    run("migrate")
    store = open_store(f"sqlite:///{tmp_path / 'home' / 'store.db'}")
    add_people(store, count=2, labelled=True)
    exported = tmp_path / "before.json"
    run("export", str(exported))
    before = json.loads(exported.read_text())
    file = write(tmp_path / "m.json", {**COCO.to_json(), "mirror": list(range(17)), "edges": [[0, 1]]})
    assert run("skeleton", "set", file)[0] == 0
    run("export", str(exported))
    after = json.loads(exported.read_text())
    assert after["annotations"] == before["annotations"]
    assert after["categories"][0]["skeleton"] == [[1, 2]]


def test_the_hint_counts_what_is_missing_and_says_what_to_run() -> None:
    bare = replace(COCO, mirror=tuple(range(17)))
    hint = pairing_hint(bare, "app skeleton set --by-name")
    assert hint is not None
    assert "0 of 8 pairs are set" in hint
    assert hint.endswith("Run: app skeleton set --by-name")
    assert [pairing_hint(one, "x") for one in BUILT_IN.values()] == [None] * 4
    assert pairing_hint(Skeleton("x", ("a",), (), (0,), (0.1,)), "x") is None


def test_a_home_imported_long_ago_is_told_at_its_next_import_and_round(run: Run, home: Store, tmp_path: Path) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    Image.new("RGB", (40, 30)).save(folder / "a.png")
    told = f"0 of 11 pairs are set.*--home {re.escape(str(tmp_path / 'home'))} skeleton set --by-name"
    assert re.search(told, run("import", str(folder))[1])
    assert re.search(told, json.loads(run("import", str(folder), "--json")[1])["hint"])
    box = Box(0, 0, 20, 20)
    label = Label(np.full((25, 3), 2.0))
    with home.transaction() as tx:
        images.add_image(tx, NewImage("f" * 64, "b.png", 40, 30, "hall", 1, "train"), [NewPerson(box, label)])
    run("user", "add", "lea", "--role", "lead")
    assert re.search(told, run("round", "launch", "--preset", "demo")[2])
    assert re.search(told, hint_of(home, tmp_path / "home") or "")
    run("skeleton", "set", "--by-name")
    assert json.loads(run("import", str(folder), "--json")[1])["hint"] is None
    assert hint_of(home, tmp_path / "home") is None


def test_a_home_without_project_has_no_hint(sqlite_store: Store, tmp_path: Path) -> None:
    assert hint_of(sqlite_store, tmp_path) is None


# --- a file of OpenPose's 25 keypoints ------------------------------------------------------------------------------


@pytest.fixture
def body25_file(tmp_path: Path) -> Path:
    """A folder `images` and, beside it, a COCO file of one person with BODY_25's names."""
    (tmp_path / "images").mkdir()
    Image.new("RGB", (400, 300)).save(tmp_path / "images" / "a.png")
    keypoints = [number for k in range(25) for number in (110 + 4 * k, 60 + 6 * k, 2)]
    person = {"id": 1, "image_id": 7, "category_id": 1, "bbox": [100, 50, 150, 200], "area": 9000.0, "iscrowd": 0,
              "num_keypoints": 25, "keypoints": keypoints}  # fmt: skip
    write(
        tmp_path / "in.json",
        {
            "images": [{"id": 7, "file_name": "a.png", "width": 400, "height": 300}],
            "annotations": [person],
            "categories": [{"id": 1, "name": "person", "keypoints": list(BODY_25), "skeleton": [[1, 2], [2, 3]]}],
        },
    )
    return tmp_path


def importing(folder: Path, *more: str) -> tuple[str, ...]:
    return ("import", str(folder / "images"), "--annotations", str(folder / "in.json"), *more, "--json")


def test_its_pairs_are_found_and_counted(run: Run, body25_file: Path) -> None:
    status, out, _ = run(*importing(body25_file))
    assert (status, json.loads(out)["labelled"]) == (0, 1)
    assert "11 pairs" in " ".join(json.loads(out)["complaints"])
    shown = json.loads(run("skeleton", "show", "--json")[1])
    assert (shown["pairs"], shown["mirror"][2], shown["edges"]) == (11, 5, [[0, 1], [1, 2]])


def test_a_given_skeleton_of_its_names_is_used_and_nothing_is_said_of_pairs_or_sigmas(
    run: Run, body25_file: Path
) -> None:
    own = {"name": "body25", "keypoints": list(BODY_25), "sigmas": [0.05] * 25, "edges": [[0, 1], [1, 8]]}
    own["mirror"] = [0, 1, 5, 6, 7, 2, 3, 4, 8, 12, 13, 14, 9, 10, 11, 16, 15, 18, 17, 22, 23, 24, 19, 20, 21]
    status, out, _ = run(*importing(body25_file, "--skeleton", write(body25_file / "s.json", own)))
    assert (status, json.loads(out)["labelled"]) == (0, 1)
    assert not re.search("pair|sigma|mirror", " ".join(json.loads(out)["complaints"]))
    shown = json.loads(run("skeleton", "show", "--json")[1])
    assert {key: shown[key] for key in own} == own


def test_a_given_skeleton_of_other_names_is_refused_and_leaves_no_project(run: Run, body25_file: Path) -> None:
    status, out, err = run(*importing(body25_file, "--skeleton", "coco-17"))
    assert (status, out) == (1, "")
    assert "wanted the 17 of skeleton 'coco-17'" in err
    assert "no project yet" in run("skeleton", "show")[2]


def test_names_that_look_sided_and_find_no_partner_are_told_at_the_import(run: Run, body25_file: Path) -> None:
    data = json.loads((body25_file / "in.json").read_text())
    data["categories"][0]["keypoints"][2] = "RSchulter"
    write(body25_file / "in.json", data)
    complaints = json.loads(run(*importing(body25_file))[1])["complaints"]
    assert "10 pairs of left and right found by name, no partner for 'RSchulter', 'LShoulder'" in " ".join(complaints)
