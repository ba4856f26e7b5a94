"""`sspcm draw`: what it prints, what it needs and what it refuses."""

import json
import subprocess
import sys

import pytest

from sspcm.__main__ import main

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


def test_draw_says_what_is_wrong_with_a_camera_file_and_with_a_folder(tmp_path, capsys):
    (tmp_path / "mine.toml").write_text("fild = 170")
    assert main(["draw", str(tmp_path / "drawn"), *DRAWN, "--camera", str(tmp_path / "mine.toml")]) == 1
    assert "unknown key 'fild'. Did you mean 'field'?" in capsys.readouterr().err
    assert main(["draw", str(tmp_path), *DRAWN]) == 1
    assert "is not empty and holds no drawing" in capsys.readouterr().err
