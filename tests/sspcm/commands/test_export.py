"""`sspcm export` as a command; what it writes is tested with sspcm/models/onnx.py."""

import json
import subprocess
import sys

from sspcm.__main__ import main
from tests.sspcm.demo_people import WEIGHTS


def test_export_prints_the_difference_or_the_card_and_writes_nothing_over(tmp_path, capsys):
    arguments = ["export", str(WEIGHTS), "--out", str(tmp_path / "out"), "--network", "B", "--device", "cpu"]
    assert main([*arguments, "--json"]) == 0
    card = json.loads(capsys.readouterr().out)
    assert card["network"] == "B" and card["check"]["largest_difference"] < 1e-4
    assert main(arguments) == 1
    assert "holds an export already" in capsys.readouterr().err
    assert main([*arguments, "--opset", "11", "--force"]) == 1
    assert "found opset 11; wanted one from 18 to 23" in capsys.readouterr().err
    assert json.loads((tmp_path / "out" / "card.json").read_text()) == card


def test_export_without_its_extra_says_what_to_install(tmp_path):
    code = "import sys; sys.modules['onnx'] = None; from sspcm.__main__ import main; sys.exit(main(sys.argv[1:]))"
    told = subprocess.run(
        [sys.executable, "-c", code, "export", str(WEIGHTS), "--out", str(tmp_path / "out")],
        capture_output=True,
        text=True,
    )
    assert told.returncode == 1
    assert told.stderr == "sspcm: exporting needs onnx, which is not installed. Run: pip install 'sspcm[export]'\n"
