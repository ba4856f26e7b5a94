"""The command line."""

import json
import subprocess
import sys

import pytest

from sspcm.__main__ import main


def test_round_ends_with_zero_and_a_broken_one_with_one_line(make_round, capsys):
    folder = make_round(steps=1)
    assert main(["round", str(folder), "--device", "cpu"]) == 0
    assert main(["round", str(folder / "nowhere"), "--device", "cpu"]) == 1
    assert "there is no folder" in capsys.readouterr().err


def test_a_round_whose_manifest_is_broken_says_why_on_stderr(make_round, capsys):
    folder = make_round()
    (folder / "manifest.json").write_text("[]")
    assert main(["round", str(folder), "--device", "cpu"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("sspcm: the manifest") and error.count("\n") == 1


def test_train_writes_two_starting_networks_from_coco_keypoints(make_round, tmp_path, skeleton, tiny, capsys):
    persons = json.loads((make_round(labelled=4, unlabelled=0) / "manifest.json").read_text())["persons"]
    names = [f"person{number}.png" for number in range(len(persons))]
    coco = {
        "images": [{"id": n, "file_name": name, "width": 120, "height": 120} for n, name in enumerate(names)],
        "annotations": [
            {"id": n, "image_id": n, "category_id": 1, "bbox": p["box"][:4], "area": p["area"], "iscrowd": 0,
             "keypoints": [value for row in p["xyv"] for value in row], "num_keypoints": 5}
            for n, p in enumerate(persons)
        ],
        "categories": [{"id": 1, "name": "person", "keypoints": list(skeleton.keypoints),
                        "skeleton": [[a + 1, b + 1] for a, b in skeleton.edges]}],
    }  # fmt: skip
    (tmp_path / "coco.json").write_text(json.dumps(coco))
    (tmp_path / "tiny.toml").write_text(tiny.to_toml())
    arguments = ["train", "--images", str(tmp_path), "--annotations", str(tmp_path / "coco.json"), "--device", "cpu",
                 "--out", str(tmp_path / "weights"), "--config", str(tmp_path / "tiny.toml"), "--json"]  # fmt: skip
    assert main([*arguments, "--steps", "3", "--holdout", "2", "--half"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["persons"] == 4 and report["held_out"] == 2 and set(report["ap"]) == {"A", "B"}
    assert {p.name for p in (tmp_path / "weights").iterdir()} == {"A.safetensors", "B.safetensors", "model.json"}
    assert main([*arguments, "--skip", "6"]) == 1
    assert "no person with keypoints" in capsys.readouterr().err

    coco["annotations"][0]["bbox"] = [0, 0, 0, 0]
    (tmp_path / "coco.json").write_text(json.dumps(coco))
    assert main([*arguments, "--steps", "1"]) == 0
    said = capsys.readouterr()
    assert "sspcm: annotation 0 in 'person0.png': a box needs a positive width" in said.err
    assert len(json.loads(said.out)["complaints"]) == 2  # and that the skeleton is no built-in one


@pytest.mark.parametrize(
    ("content", "said"), [(b"[train]\nstepz = 3", "unknown setting"), (b"steps = ", "not TOML"), (b"\xff\xfe", "utf-8")]
)
def test_train_names_the_settings_file_it_cannot_use(tmp_path, capsys, content, said):
    (tmp_path / "mine.toml").write_bytes(content)
    arguments = ["train", "--images", ".", "--annotations", "coco.json", "--out", str(tmp_path / "weights")]
    assert main([*arguments, "--config", str(tmp_path / "mine.toml"), "--device", "cpu"]) == 1
    error = capsys.readouterr().err
    assert "mine.toml cannot be used" in error and said in error and error.count("\n") == 1


@pytest.mark.parametrize("option", ["--skip", "--holdout"])
def test_train_refuses_to_leave_out_fewer_than_no_images(option, capsys):
    with pytest.raises(SystemExit):
        main(["train", "--images", ".", "--annotations", "coco.json", "--out", "weights", option, "-3"])
    assert f"{option}: found -3; wanted a whole number, 0 or more" in capsys.readouterr().err


DRAWN = ["--count", "2", "--seed", "5", "--size", "96", "--device", "cpu"]


def test_draw_prints_one_json_document_whatever_warp_says(tmp_path):
    out = tmp_path / "drawn"
    command = [sys.executable, "-m", "sspcm", "draw", str(out), *DRAWN, "--workers", "1", "--json"]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert (told["scenes"], told["new"]) == (2, 2) and told["seconds"] > 0
    coco = json.loads((out / "annotations.json").read_text())
    assert told["people"] == len(coco["annotations"]) and len(coco["images"]) == 2


@pytest.mark.parametrize("missing", ["anny", "warp"])
def test_draw_without_its_extra_says_what_to_install(tmp_path, missing):
    code = f"import sys; sys.modules[{missing!r}] = None; from sspcm.__main__ import main; sys.exit(main(sys.argv[1:]))"
    told = subprocess.run(
        [sys.executable, "-c", code, "draw", str(tmp_path / "drawn"), *DRAWN], capture_output=True, text=True
    )
    assert told.returncode == 1
    assert told.stderr == f"sspcm: drawing needs {missing}, which is not installed. Run: pip install 'sspcm[synth]'\n"
    assert not (tmp_path / "drawn").exists()


@pytest.mark.parametrize("wrong", [["--count", "0"], ["--size", "20"], ["--scenes-a-room", "0"]])
def test_draw_refuses_numbers_that_draw_nothing(tmp_path, capsys, wrong):
    assert main(["draw", str(tmp_path / "drawn"), *DRAWN, *wrong]) == 1
    said = capsys.readouterr().err
    assert f"{wrong[0]} {wrong[1]}" in said
    assert "wanted at least one scene, one scene a room, and a size from 64 to 4096 px" in said


def test_draw_says_what_is_wrong_with_a_camera_file_and_with_a_folder(tmp_path, capsys):
    (tmp_path / "mine.toml").write_text("fild = 170")
    assert main(["draw", str(tmp_path / "drawn"), *DRAWN, "--camera", str(tmp_path / "mine.toml")]) == 1
    assert "unknown key 'fild'. Did you mean 'field'?" in capsys.readouterr().err
    assert main(["draw", str(tmp_path), *DRAWN]) == 1
    assert "is not empty and holds no drawing" in capsys.readouterr().err
