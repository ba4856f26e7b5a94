"""Importing with a pose model."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from app.__main__ import main
from app.demo.home import DEMO_FOLDER
from app.pool import model_folders
from tests.vitpose_folders import save_vitpose


def test_a_vitposes_folder_given_to_an_import_is_exported_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    save_vitpose(tmp_path / "vitpose-tiny", size=(64, 64))
    started: list[Sequence[str]] = []
    run = subprocess.run

    def counted(command: Sequence[str], **options: Any) -> Any:
        started.append(command)
        return run(command, **options)

    monkeypatch.setattr(model_folders.subprocess, "run", counted)
    images = (str(DEMO_FOLDER / "images"), "--annotations", str(DEMO_FOLDER / "validation.json"))
    status = main(["--home", str(tmp_path / "home"), "import", *images, "--prelabel", str(tmp_path / "vitpose-tiny"),
                   "--validation-share", "0", "--json"])  # fmt: skip
    out, err = capsys.readouterr()
    assert status == 0, err
    told = json.loads(out)["prelabel"]
    assert told["model"] == "vitpose-tiny"
    assert len([one for one in started if "export" in one]) == 1
