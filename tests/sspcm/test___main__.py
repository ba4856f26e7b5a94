"""The command line."""

import json
import resource
import subprocess
import sys

import pytest

from sspcm.__main__ import main
from sspcm.commands.options import build_parser


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
    assert f"{option}: found -3; wanted a whole number, 0 or more, and at most 1,000,000,000" in capsys.readouterr().err


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


@pytest.mark.parametrize(
    ("option", "text", "limits"),
    [
        ("--count", "0", "1 or more, and at most 1,000,000"),
        ("--count", "9" * 5000, "1 or more, and at most 1,000,000"),
        ("--size", "20", "64 or more, and at most 4,096"),
        ("--size", "4097", "64 or more, and at most 4,096"),
        ("--scenes-a-room", "0", "1 or more, and at most 10,000"),
        ("--workers", "1000000", "0 or more, and at most 256"),
        ("--seed", "9223372036854775808", "0 or more, and at most 9,223,372,036,854,775,807"),
        ("--seed", "\u00b2", "0 or more"),
        ("--seed", "1e3", "0 or more"),
    ],
)
def test_draw_refuses_numbers_that_draw_nothing_or_never_end(tmp_path, capsys, option, text, limits):
    with pytest.raises(SystemExit) as ended:
        main(["draw", str(tmp_path / "drawn"), *DRAWN, option, text])
    said = capsys.readouterr().err
    assert ended.value.code == 2 and f"argument {option}: found {text[:40]}; wanted a whole number, {limits}" in said
    assert not (tmp_path / "drawn").exists()


@pytest.mark.parametrize("option", ["--steps", "--seed", "--skip", "--holdout"])
@pytest.mark.parametrize("text", ["-1", "1.5", "", "4294967296000", "9" * 10_000])
def test_trains_numbers_have_limits(option, text, capsys):
    with pytest.raises(SystemExit):
        main(["train", "--images", ".", "--annotations", "coco.json", "--out", "weights", option, text])
    assert f"argument {option}: found {text[:40]}; wanted a whole number" in capsys.readouterr().err


def test_draw_says_what_is_wrong_with_a_camera_file_and_with_a_folder(tmp_path, capsys):
    (tmp_path / "mine.toml").write_text("fild = 170")
    assert main(["draw", str(tmp_path / "drawn"), *DRAWN, "--camera", str(tmp_path / "mine.toml")]) == 1
    assert "unknown key 'fild'. Did you mean 'field'?" in capsys.readouterr().err
    assert main(["draw", str(tmp_path), *DRAWN]) == 1
    assert "is not empty and holds no drawing" in capsys.readouterr().err


MISUSED = {
    "help": (["--help"], 0),
    "train --help": (["train", "--help"], 0),
    "no command": ([], 2),
    "misspelt command": (["trane"], 2),
    "misspelt option": (["train", "--image", "x", "--ot", "y"], 2),
    "no --out": (["train", "--images", ".", "--annotations", "a.json"], 2),
    "no --root": (["train", "--protocol", "coco-1k", "--out", "x"], 2),
    "no --images": (["train", "--annotations", "a.json", "--out", "x"], 2),
    "evaluation of nothing": (["evaluate", "--annotations", "nowhere.json", "--predictions", "nowhere.json"], 1),
}


@pytest.mark.parametrize("name", MISUSED)
def test_help_and_misuse_are_answered_without_torch_and_at_once(name):
    arguments, status = MISUSED[name]
    code = f"from sspcm.__main__ import main; import sys; sys.argv[0] = 'sspcm'\ntry: code = main({arguments!r})\n"
    code += "except SystemExit as end: code = end.code\nprint(sorted(sys.modules)); sys.exit(code)"
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    took = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    assert told.returncode == status, told.stderr
    loaded = told.stdout.splitlines()[-1]
    assert "'torch'" not in loaded and "'sspcm.synthetic'" not in loaded
    if name != "evaluation of nothing":
        assert "'numpy'" not in loaded and took < 1.5  # .1 s on a machine of its own


@pytest.mark.parametrize("command", ["round", "train", "predict", "evaluate", "export", "draw"])
def test_every_commands_help_has_an_example_and_every_option_a_word(command, capsys):
    with pytest.raises(SystemExit):
        main([command, "--help"])
    said = capsys.readouterr().out
    assert f"example:\n  sspcm {command}" in said and "CUDA_VISIBLE_DEVICES" in said
    parser = build_parser()._subparsers._group_actions[0].choices[command]
    assert all(action.help for action in parser._actions)
