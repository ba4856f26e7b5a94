"""A home is written into a file and made again as people type it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from app.__main__ import main
from app.demo.home import DEMO_FOLDER

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command on a home of this name: its exit status, stdout and stderr."""
    for name in ("SSPCM_HOME", "SSPCM_PORT", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)

    def do(home: str, *arguments: str) -> tuple[int, str, str]:
        status = main(["--home", str(tmp_path / home), *arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return do


def test_a_restored_home_exports_the_same_bytes(run: Run, tmp_path: Path) -> None:
    run("home", "import", str(DEMO_FOLDER / "images"), "--annotations", str(DEMO_FOLDER / "seed.json"))
    run("home", "user", "add", "lea", "--role", "lead")
    file = str(tmp_path / "b.tar")
    status, out, _ = run("home", "backup", file)
    assert status == 0 and "revisions of labels" in out and "MB." in out
    assert f"command backup  {file}" in run("home", "log")[1]
    status, out, _ = run("new", "restore", file, "--json")
    told = json.loads(out)
    assert (status, told["gone"], told["images"]) == (0, [], True) and told["labels"] > 40
    for name in ("home", "new"):
        assert run(name, "export", str(tmp_path / f"{name}.json"))[0] == 0
    assert (tmp_path / "home.json").read_bytes() == (tmp_path / "new.json").read_bytes()
    assert run("home", "queue", "--json")[1] == run("new", "queue", "--json")[1]
    assert [one["name"] for one in json.loads(run("new", "user", "list", "--json")[1])] == ["lea"]


def test_what_cannot_be_is_said_in_one_sentence(run: Run, tmp_path: Path) -> None:
    run("home", "migrate")
    (tmp_path / "b.tar").write_text("mine")
    for arguments, said in (
        (("home", "backup", str(tmp_path / "b.tar")), "there is a file at"),
        (("new", "restore", str(tmp_path / "b.tar")), "is damaged"),
        (("new", "restore", str(tmp_path / "none.tar")), "No such file"),
        (("home", "restore", str(tmp_path / "b.tar")), "has store.db already; wanted an empty one"),
        (("none", "backup", str(tmp_path / "c.tar")), "there is no store at"),
    ):
        status, out, err = run(*arguments)
        assert (status, out) == (1, "") and said in err and "Traceback" not in err, arguments
