"""What the application refuses, as status, code and message."""

import traceback
from collections.abc import Callable
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from gradio.route_utils import get_fn
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException

from app.dataset.report import ImportFailed
from app.home.model_files import ModelFileError
from app.rounds.errors import LearningError
from app.web.refusal_pages import refuse
from db.errors import (
    AlreadyReviewed,
    InvalidAccount,
    InvalidDecision,
    LeaseLost,
    NotFound,
    RevisionConflict,
    RoundActive,
    StoreError,
)
from sspcm.config import ConfigError
from sspcm.pose import PoseError

REFUSALS: dict[type[Exception], tuple[int, str]] = {
    LeaseLost: (409, "lease_lost"),
    RevisionConflict: (409, "revision_conflict"),
    AlreadyReviewed: (409, "already_reviewed"),
    RoundActive: (409, "round_active"),
    InvalidAccount: (422, "invalid"),
    NotFound: (404, "not_found"),
    InvalidDecision: (422, "invalid"),
    PoseError: (422, "invalid"),
    ConfigError: (422, "invalid_config"),
    LearningError: (409, "cannot_launch"),
    ModelFileError: (422, "invalid_model"),
    ImportFailed: (422, "not_taken"),
    StoreError: (409, "refused"),
}


def refusal(status: int, code: str) -> Callable[[Request, Exception], Response]:
    """The handler of one kind of error: its own message, under that status and code."""

    def answer(request: Request, error: Exception) -> Response:
        return refuse(request.scope, status, code, str(error))

    return answer


def say_what_http_means(request: Request, error: Exception) -> Response:
    """The handler of what Starlette refuses: no such address, no such method, a body that cannot be read."""
    assert isinstance(error, HTTPException)
    return refuse(request.scope, error.status_code, "http", _http_words(request, error), headers=error.headers)


def _http_words(request: Request, error: HTTPException) -> str:
    said = str(error.detail).rstrip(".")
    match error.status_code:
        case 400:
            return f"the request could not be read: {said}. Send the body whole; where JSON is taken, as UTF-8."
        case 404:
            return f"nothing is at {request.url.path!r:.300}. Check the address for a misprint."
        case 405:
            takes = Headers(error.headers).get("allow", "another method")
            return f"{request.method} is not what {request.url.path!r:.300} takes; it takes {takes}."
        case 408 | 413:  # of `bounded`, a message already
            return str(error.detail)
        case _:
            return f"the request was refused: {said}. Check the address and the method."


def say_what_was_invalid(request: Request, error: Exception) -> Response:
    """The handler of a message that does not fit the contract."""
    assert isinstance(error, RequestValidationError)
    problems: list[Any] = list(error.errors())
    # a name that the request made up may be as long as the request
    said = "; ".join(f"{'.'.join(f'{part!s:.40}' for part in p['loc'][:5])}: {p['msg']:.120}" for p in problems[:3])
    return refuse(request.scope, 422, "invalid", f"the request does not fit the contract: {said}. Reload the page.")


def say_half_a_character(request: Request, _error: Exception) -> Response:
    """An answer that would repeat half a character of the request, which cannot be sent."""
    words = "the request holds half a character (a surrogate alone). Send whole text, in UTF-8."
    return refuse(request.scope, 422, "invalid", words)


def say_which_event(request: Request, error: Exception) -> Response:
    """A page's request for an event that there is none of, which Gradio looks up unchecked. Other errors pass on."""
    if traceback.extract_tb(error.__traceback__)[-1].name != get_fn.__name__:
        raise error
    words = "the page asked for an event that this server does not know. Reload the page."
    return refuse(request.scope, 404, "not_found", words)
