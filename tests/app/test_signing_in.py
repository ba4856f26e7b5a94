"""Who guesses passwords waits; what they typed is shown as text."""

from concurrent.futures import ThreadPoolExecutor

from app.signing_in import FAILURES_ALLOWED, Throttle, login_page


def test_the_sixth_try_in_a_minute_waits_and_other_names_and_addresses_do_not() -> None:
    throttle = Throttle()
    assert [throttle.admit("Ann", "1.2.3.4") for _ in range(FAILURES_ALLOWED)] == [0.0] * FAILURES_ALLOWED
    assert 1 <= throttle.admit(" ann", "1.2.3.4") <= 60
    assert throttle.admit("ann", "5.6.7.8") == throttle.admit("bob", "1.2.3.4") == 0.0


def test_the_right_password_clears_the_slate() -> None:
    throttle = Throttle()
    for _ in range(FAILURES_ALLOWED):
        throttle.admit("ann", "1.2.3.4")
    throttle.forget("ANN", "1.2.3.4")
    assert throttle.admit("ann", "1.2.3.4") == 0.0


def test_many_tries_at_once_count_one_by_one() -> None:
    throttle = Throttle()
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda _: throttle.admit("ann", "1.2.3.4"), range(100)))
    assert waits.count(0.0) == FAILURES_ALLOWED


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
