"""The pages behind one-time links."""

from app.web.link_pages import choose_password_page, first_lead_page


def test_what_was_typed_enters_a_page_as_text() -> None:
    bad = '"><script>x()</script>'
    for page in (choose_password_page(key=bad, problem=bad), first_lead_page(key=bad, name=bad, problem=bad)):
        assert "<script>x()" not in page and "&lt;script&gt;x()" in page


def test_only_the_first_lead_chooses_a_name_and_browsers_offer_to_keep_the_password() -> None:
    assert 'name="name"' in first_lead_page() and 'name="name"' not in choose_password_page()
    for page in (choose_password_page(), first_lead_page()):
        assert 'autocomplete="new-password"' in page and 'src="/assets/login/link.js"' in page
