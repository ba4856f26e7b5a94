"""Handlers of Gradio events check the role once more."""

from types import SimpleNamespace

import gradio as gr
import pytest
from starlette.requests import Request

from app.web.pages.leads_only import NotALead, for_leads, lead_of
from db.records import UserRecord


def asked_by(role: str) -> gr.Request:
    session = SimpleNamespace(user=UserRecord(1, "lea", role))
    return gr.Request(Request({"type": "http", "headers": [], "state": {"session": session}}))


def test_a_leads_handler_runs_for_a_lead_with_what_was_typed() -> None:
    assert for_leads(lambda *typed: typed)(asked_by("lead"), 1, "two") == (1, "two")
    assert lead_of(asked_by("lead")).name == "lea"


def test_nobody_else_reaches_it() -> None:
    called = list[object]()
    for request, said in ((asked_by("annotator"), "for leads"), (gr.Request(None), "Nobody is signed in")):
        with pytest.raises(NotALead, match=said):
            for_leads(called.append)(request, 1)
    assert called == []
