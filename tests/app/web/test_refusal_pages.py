"""A refusal is a page for people and JSON for programs."""

import json

import pytest

from app.web.refusal_pages import leads_only_page, refuse, reviewers_only_page, sees_page


def scope(path: str, accept: str = "text/html,*/*") -> dict[str, object]:
    return {"type": "http", "path": path, "headers": [(b"accept", accept.encode())]}


@pytest.mark.parametrize(
    ("path", "accept", "is_page"),
    [
        ("/lead/", "text/html", True),
        ("/lead/", "*/*", False),
        ("/api/next", "text/html", False),
        ("/api/export", "text/html", True),
        ("/api/export/more", "text/html", False),
    ],
)
def test_people_open_pages_and_the_export_and_programs_the_rest(path: str, accept: str, is_page: bool) -> None:
    assert sees_page(scope(path, accept)) is is_page


def test_the_same_refusal_is_read_by_both() -> None:
    page = refuse(scope("/lead/"), 404, "not_found", "no <such> image", headers={"retry-after": "5"})
    data = refuse(scope("/api/next"), 404, "not_found", "no <such> image")
    assert (page.status_code, page.headers["retry-after"], data.status_code) == (404, "5", 404)
    assert b"Nothing is here" in page.body and b"no &lt;such&gt; image" in page.body
    assert json.loads(bytes(data.body)) == {"error": {"code": "not_found", "message": "no <such> image"}}


def test_a_status_without_a_title_of_its_own_has_a_plain_one() -> None:
    assert b"<h1>This did not work</h1>" in refuse(scope("/lead/"), 418, "tea", "no coffee").body


def test_a_name_is_text_on_the_page_for_leads() -> None:
    assert "&lt;i&gt;ann, an annotator" in leads_only_page("<i>ann", "annotator")
    assert "rev, a reviewer" in leads_only_page("rev", "reviewer")
    assert "&lt;i&gt;ann, an annotator" in reviewers_only_page("<i>ann")
