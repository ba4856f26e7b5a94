"""Handlers of Gradio events that leads alone may call."""

from collections.abc import Callable
from typing import Any

import gradio as gr

from db.records import UserRecord


class NotALead(gr.Error):
    """Somebody reached a lead's handler without being one."""


def for_leads(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Check the role in the handler too: the path is one boundary, this is the second."""

    def checked(request: gr.Request, *inputs: Any) -> Any:
        lead_of(request)
        return handler(*inputs)

    return checked


def lead_of(request: gr.Request) -> UserRecord:
    """The lead who asks. Raises NotALead."""
    if request.request is None:
        raise NotALead("Nobody is signed in. Sign in at /login.")
    user: UserRecord = request.request.scope["state"]["session"].user
    if user.role != "lead":
        raise NotALead("This is for leads. Sign in as one.")
    return user
