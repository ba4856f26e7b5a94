from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from app.contract.base import Message, Payload
from app.contract.typedefs import FILE, contract, declarations, type_of


def test_the_declarations_that_the_static_files_read_are_those_of_the_models_today() -> None:
    assert FILE.read_text() == contract(), "run `make typedefs` and commit static/shared/contract.d.ts"


def test_an_answer_has_all_its_fields_under_the_names_that_travel() -> None:
    class Start(Payload):
        """Where it begins."""

        xyv: list[Annotated[list[float], Field(min_length=3, max_length=3)]]
        source: Annotated[Literal["student", "label"], Field(alias="from")]
        model: str | None = None

    assert declarations([Start]).splitlines()[2:] == [
        "/** Where it begins. */",
        "export interface Start {",
        "  xyv: [number, number, number][];",
        '  from: "student" | "label";',
        "  model: string | null;",
        "}",
    ]


def test_a_message_may_leave_out_what_has_a_default() -> None:
    class Turn(Message):
        degrees: float
        about: int | None = None

    assert "degrees: number;" in declarations([Turn])
    assert "about?: number | null;" in declarations([Turn])


def test_a_model_in_a_model_is_named_and_declared_once() -> None:
    class Dot(Payload):
        x: float

    class Line(Payload):
        ends: list[Dot]
        by_name: dict[str, Dot]

    written = declarations([Line, Dot])
    assert written.count("export interface Dot") == 1
    assert "ends: Dot[];" in written
    assert "by_name: Record<string, Dot>;" in written


def test_what_earlier_versions_did_not_say_may_be_missing() -> None:
    class Report(TypedDict, total=False):
        refreshes: int

    class Round(Payload):
        metrics: Report

    assert "refreshes?: number;" in declarations([Round])


def test_a_form_that_nobody_thought_of_is_refused_rather_than_guessed() -> None:
    class Odd(BaseModel):
        pair: tuple[int, str]

    with pytest.raises(TypeError, match="Add its case"):
        type_of(Odd.model_json_schema()["properties"]["pair"])
