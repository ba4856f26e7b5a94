"""The check leaves alone what is there, and leaves nothing behind. `make test` runs the loop."""

from pathlib import Path

import psutil
import pytest

from app.demo import client
from app.demo.check import run_check
from app.demo.loop import CheckError


def test_a_home_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "store.db").touch()
    with pytest.raises(CheckError, match="is not empty"):
        run_check(home=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["store.db"]


def test_an_application_that_does_not_start_fails_the_check_and_leaves_nothing_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "START_LIMIT_S", 0.0)
    before = set(psutil.Process().children(recursive=True))
    report = run_check(home=tmp_path / "home")
    assert not report["ok"]
    assert report["failures"] == ["the web server did not answer within 0 s."]
    assert set(psutil.Process().children(recursive=True)) <= before
