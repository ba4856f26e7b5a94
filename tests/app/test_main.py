"""The command line: one JSON document on stdout, one sentence on stderr, 0 only on success."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from app.__main__ import build_parser, main


def run(home: Path, *arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    status = main(["--home", str(home), *arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_a_fresh_home_is_imported_queued_and_exported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    demo = Path(__file__).parents[2] / "static" / "demo"
    home = tmp_path / "home"
    pool = ("import", str(demo / "images"), "--annotations", str(demo / "seed.json"), "--group-from", "room", "--json")
    status, out, _ = run(home, *pool, capsys=capsys)
    assert (status, json.loads(out)["images_new"]) == (0, 12)
    status, out, _ = run(home, "queue", "--json", capsys=capsys)
    assert (status, json.loads(out)) == (0, {"items": []})
    status, out, _ = run(home, "export", str(tmp_path / "out.json"), "--json", capsys=capsys)
    assert (status, json.loads(out)["labelled"]) == (0, 32)
    assert len(json.loads((tmp_path / "out.json").read_text())["annotations"]) == 32
    status, out, _ = run(home, "round", "list", "--json", capsys=capsys)
    assert (status, json.loads(out)) == (0, {"rounds": []})


def test_an_account_gets_a_password_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(tmp_path, "user", "add", "ann", "--role", "annotator", "--json", capsys=capsys)
    assert status == 0
    assert len(json.loads(out)["password"]) >= 12
    status, out, err = run(tmp_path, "user", "add", "Ann", "--role", "lead", capsys=capsys)
    assert (status, out) == (1, "")
    assert "Ann" in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("import", "/nowhere"), "not a folder"),
        (("round", "show", "9"), "round 9"),
        (("round", "launch", "--config", "/nowhere.toml"), "nowhere.toml"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    arguments: tuple[str, ...], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = run(tmp_path, *arguments, capsys=capsys)
    assert (status, out) == (1, "")
    assert said in err
    assert "Traceback" not in err


def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("demo", "up", "web", "worker", "migrate", "user", "import", "export", "queue", "round"):
        with pytest.raises(SystemExit) as ended:
            build_parser().parse_args([command, "--help"])
        assert ended.value.code == 0
        assert command in capsys.readouterr().out


def test_the_web_process_never_loads_torch() -> None:
    code = "import app.web, app.supervisor, app.check, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=False).returncode == 0
