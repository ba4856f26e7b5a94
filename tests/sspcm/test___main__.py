"""The command line."""

import resource
import subprocess
import sys

import pytest

from sspcm.__main__ import main


@pytest.mark.parametrize(
    ("content", "said"), [(b"[train]\nstepz = 3", "unknown setting"), (b"steps = ", "not TOML"), (b"\xff\xfe", "utf-8")]
)
def test_train_names_the_settings_file_it_cannot_use(tmp_path, capsys, content, said):
    (tmp_path / "mine.toml").write_bytes(content)
    arguments = ["train", "--images", ".", "--annotations", "coco.json", "--out", str(tmp_path / "weights")]
    assert main([*arguments, "--config", str(tmp_path / "mine.toml"), "--device", "cpu"]) == 1
    error = capsys.readouterr().err
    assert "mine.toml cannot be used" in error and said in error and error.count("\n") == 1


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
