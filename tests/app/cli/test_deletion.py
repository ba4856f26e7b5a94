"""Images and persons are deleted for good as people type it: what goes is told first."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from app.__main__ import main
from app.demo.home import DEMO_FOLDER

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command on a home with the demo's images: its exit status, stdout and stderr."""
    for name in ("SSPCM_HOME", "SSPCM_PORT", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)

    def do(*arguments: str) -> tuple[int, str, str]:
        status = main(["--home", str(tmp_path / "home"), *arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    do("import", str(DEMO_FOLDER / "images"), "--annotations", str(DEMO_FOLDER / "seed.json"))
    return do


def test_an_image_is_told_first_then_deleted_then_refused_then_allowed(run: Run, tmp_path: Path) -> None:
    out = run("export", str(tmp_path / "before.json"), "--json")[1]
    first = json.loads((tmp_path / "before.json").read_text())["images"][0]["file_name"]
    status, out, _ = run("delete", "image", first)
    assert status == 0 and out.startswith("To be deleted: image ") and first in out
    assert "Exports of labels that held it" in out and "--why WORDS and --yes" in out
    assert "nothing says why" in run("delete", "image", first, "--yes")[2]
    assert (
        len(json.loads(run("export", str(tmp_path / "b.json"), "--json")[1]))
        and "Nothing was" in run("delete", "list")[1]
    )

    status, out, _ = run("delete", "image", first, "--why", "asked for", "--yes", "--json")
    told = json.loads(out)
    assert status == 0 and told["deleted"] and told["rows"]["images"] == 1 and told["exports"] == 2
    assert "no image named" in run("delete", "image", first)[2]
    assert "deleted for good" in run("import", str(DEMO_FOLDER / "images"))[1]
    assert ": asked for" in run("delete", "list")[1]
    assert run("delete", "allow", "1")[1] == "It may be imported again.\n"
    assert run("import", str(DEMO_FOLDER / "images"))[1].startswith("1 new images")
    log = run("log")[1]
    assert "image deleted" in log and "deleted image allowed again" in log


def test_a_person_is_deleted_by_their_number(run: Run) -> None:
    assert "To be deleted: person 1 of image" in run("delete", "person", "1")[1]
    assert run("delete", "person", "1", "--why", "asked for", "--yes")[0] == 0
    assert "there is no person 1" in run("delete", "person", "1")[2]
