"""What was typed into the sign-in page is shown as text."""

from app.web.login_page import login_page


def test_whoever_mistyped_the_password_types_on_there() -> None:
    fresh, again = login_page(), login_page(name="ann", problem="wrong")
    assert "autofocus" in fresh.split('id="password"')[0]
    assert "autofocus" in again.split('id="password"')[1]
    assert fresh.count("autofocus") == again.count("autofocus") == 1


def test_what_was_typed_comes_back_as_text() -> None:
    page = login_page(name='"><script>', next_page='/"onload=x', problem="<b>no</b>")
    assert "<script>" not in page
    assert "<b>" not in page
    assert "&quot;onload" in page
