"""Results go to stdout, for programs or for people; all else to stderr."""

import json

import pytest

from app.cli.console import answer, progress_bar, say


def test_a_program_gets_one_json_document_and_a_person_lines(capsys: pytest.CaptureFixture[str]) -> None:
    for as_json in (True, False):
        answer({"images": 2}, as_json=as_json, plain=lambda: iter(["2 images", "0 labels"]))
    told = capsys.readouterr()
    document, lines = told.out.split("}\n")
    assert json.loads(document + "}") == {"images": 2}
    assert (lines, told.err) == ("2 images\n0 labels\n", "")


def test_what_is_said_meanwhile_is_no_part_of_the_result(capsys: pytest.CaptureFixture[str]) -> None:
    say("the worker waits for rounds.")
    assert capsys.readouterr() == ("", "the worker waits for rounds.\n")


def test_without_a_terminal_there_is_no_bar(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar("reading") as update:
        update(1, 2)
        update(2, 2)
    assert capsys.readouterr() == ("", "")
