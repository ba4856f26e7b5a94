"""Accounts at the command line: added, listed, changed; and the log of who did what."""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from app.__main__ import main
from app.demo.home import DEMO_FOLDER
from app.home.settings import read_settings
from app.team import accounts
from db.store.session import open_store

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command on one home: its exit status, stdout and stderr."""
    for name in ("SSPCM_HOME", "SSPCM_PORT", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)

    def do(*arguments: str) -> tuple[int, str, str]:
        status = main(["--home", str(tmp_path), *arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return do


def test_somebody_is_invited_by_a_link_that_opens(run: Run, tmp_path: Path) -> None:
    status, out, _ = run("user", "add", "ann", "--role", "annotator", "--link", "--json")
    link = json.loads(out)["link"]
    assert status == 0 and re.fullmatch(r"http://127\.0\.0\.1:7860/login/link#[\w-]{40,}", link)
    assert run("user", "list")[1].startswith("ann                  annotator  invited      not signed in")
    store = open_store(read_settings(tmp_path, {}).database_url)
    assert accounts.choose_password(store, link.partition("#")[2], "correct horse").name == "ann"
    store.close()
    (listed,) = json.loads(run("user", "list", "--json")[1])
    assert (listed["state"], listed["link_until"]) == ("active", None)


def test_an_account_is_changed_and_the_log_tells_all_of_it(run: Run) -> None:
    for name in ("lea", "leo"):
        run("user", "add", name, "--role", "lead")
    assert run("user", "disable", "LEO")[0] == 0
    status, out, err = run("user", "role", "lea", "annotator")
    assert (status, out) == (1, "") and "'lea' is the only lead" in err and "Make somebody else a lead first" in err
    assert "Enable it first" in run("user", "link", "leo")[2]
    for command in (("user", "enable", "leo"), ("user", "role", "lea", "annotator"), ("user", "sign-out", "lea")):
        assert run(*command)[0] == 0
    assert "/login/link#" in json.loads(run("user", "link", "lea", "--json")[1])["link"]
    told = json.loads(run("log", "--json")[1])
    assert [entry["action"] for entry in reversed(told)] == [
        "account added", "account added", "account disabled", "account enabled", "role changed", "browsers signed out",
        "link made",
    ]  # fmt: skip
    assert {entry["via"] for entry in told} == {"command"}
    assert "lea  browsers=0" in run("log", "--most", "2")[1]
    lines = list(csv.reader(io.StringIO(run("log", "--csv")[1])))
    assert len(lines) == 8 and lines[-1][3:5] == ["link made", "lea"]


def test_what_other_commands_change_is_in_the_log_as_well_and_looking_is_not(run: Run, tmp_path: Path) -> None:
    demo = (str(DEMO_FOLDER / "images"), "--annotations", str(DEMO_FOLDER / "seed.json"))
    launch = ("round", "launch")
    run("import", *demo)
    run("user", "add", "lea", "--role", "lead")
    for command in (("queue",), (*launch, "--dry-run"), launch, ("round", "starts"), ("round", "cancel", "1")):
        assert run(*command)[0] == 0
    assert run("round", "promote", "7")[0] == 1
    told = json.loads(run("log", "--json")[1])
    assert [entry["action"] for entry in reversed(told)] == [
        "command import", "account added", "command round launch", "command round cancel",
    ]  # fmt: skip
    assert told[0]["about"] == "1"


def test_a_name_that_nobody_has_is_answered_with_those_there_are(run: Run) -> None:
    run("user", "add", "lea", "--role", "lead")
    status, _, err = run("user", "disable", "bob")
    assert status == 1 and "there is no account 'bob'; there are: lea." in err


def test_a_home_without_accounts_says_how_to_make_one(run: Run) -> None:
    run("migrate")
    assert "user add NAME --role lead" in run("user", "list")[1]


def test_an_account_gets_the_address_by_which_its_owner_signs_in_at_the_provider(run: Run) -> None:
    run("user", "add", "ann", "--role", "annotator", "--link")
    run("user", "add", "bea", "--role", "annotator", "--link")
    assert json.loads(run("user", "email", "ann", "Ann@Example.org", "--json")[1])["address"] == "ann@example.org"
    assert "the address of the account 'ann' already" in run("user", "email", "bea", "ann@example.org")[2]
    assert "no e-mail address" in run("user", "email", "bea", "bea")[2]
    assert "there is no account 'cay'" in run("user", "email", "cay", "cay@example.org")[2]
    assert "address for signing in set" in run("log")[1]
