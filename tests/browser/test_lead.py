"""The cards of the lead's page that speak to the server themselves, as a lead presses their buttons."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from app.home.settings import read_settings
from app.simulation.running import work_on
from db.pool.persons import list_persons
from db.store.session import open_store
from tests.app.rounds.measured_home import predict
from tests.app.simulation.simulated_home import WORKER, give_model, label, stand_in
from tests.browser.axe_findings import findings, grave
from tests.browser.conftest import RunningApp, signed_in
from tests.browser.screens import PHONE, THEMES

pytestmark = pytest.mark.browser


@pytest.fixture
def page(chromium: Browser, waiting_app: RunningApp) -> Iterator[Page]:
    """The lead's page of the home in which sixty people wait, every card of it there."""
    with ExitStack() as stack:
        opened = signed_in(stack, chromium, waiting_app, "lead")
        opened.goto(f"{waiting_app.url}/lead/")
        for part in (
            "lead-validation[data-persons]",
            "lead-order[data-by]",
            "lead-unlabelable[data-people]",
            "lead-simulation[data-state]",
        ):
            opened.wait_for_selector(part)
        yield opened


def states(app: RunningApp) -> Sequence[str]:
    store = open_store(f"sqlite:///{app.home / 'store.db'}")
    with store.reading() as tx:
        found = [person.state for person in list_persons(tx)]
    store.close()
    return found


def test_a_lead_keeps_people_for_validation_and_is_told_what_is_missing(page: Page, waiting_app: RunningApp) -> None:
    card = page.locator("lead-validation")
    expect(card).to_contain_text("Nobody is kept for validation")
    card.get_by_role("button", name="Keep 30 people for validation").click()
    expect(card).to_contain_text("30 people are kept for validation: 0 labelled, 30 to label.")
    expect(card).to_contain_text("±.03 takes about 270 labelled ones, 270 more (as people usually differ).")
    expect(card.get_by_role("button")).to_have_count(0)  # half of all are kept: no more are offered
    page.reload()
    expect(page.locator("lead-validation")).to_contain_text("30 people are kept for validation")
    expect(page.locator("lead-counts")).to_contain_text("in 30 images, never trained on; 30 to label")


def test_beside_the_launch_button_stands_what_is_missing_for_a_round_to_be_measured(
    page: Page, waiting_app: RunningApp
) -> None:
    expect(page.locator("lead-before-launch")).to_have_text("")
    store = open_store(f"sqlite:///{waiting_app.home / 'store.db'}")
    with store.reading() as tx:
        ids = [person.id for person in list_persons(tx)]
    predict(store, ids, lambda _: 1.0)
    store.close()
    page.reload()
    words = "of whom none is labelled, and who is labelled after the round. Validation people tell best: label them"
    expect(page.locator("#launch lead-before-launch")).to_contain_text(words)
    expect(page.locator("#launch lead-before-launch")).to_contain_text("while the round runs. Keep some")
    page.locator("lead-validation").get_by_role("button", name="Keep 30 people for validation").click()
    expect(page.locator("#launch lead-before-launch")).to_contain_text("The queue deals them early.")


def test_a_card_whose_server_is_away_says_that_nothing_was_changed(page: Page) -> None:
    page.route(
        "**/api/validation", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    card = page.locator("lead-validation")
    card.get_by_role("button").click()
    expect(card.get_by_role("alert")).to_contain_text("Nothing was changed")
    expect(card.get_by_role("button")).to_be_enabled()


def test_people_too_small_are_skipped_after_a_question_and_taken_back_at_once(
    page: Page, waiting_app: RunningApp
) -> None:
    card = page.locator("lead-unlabelable")
    expect(card).to_contain_text("10 people are too small or too dark to be labelled. They wait behind all others.")
    card.get_by_role("button", name="Skip them all").click()
    expect(card).to_contain_text("10 people (10 too small, 0 too dark) are skipped, as your decision")
    card.get_by_role("button", name="Leave them").click()
    assert states(waiting_app).count("skipped") == 0, "asked is not done"
    card.get_by_role("button", name="Skip them all").click()
    card.get_by_role("button", name="Skip 10 people").click()
    expect(card).to_contain_text("10 people skipped; 10 images left the queue.")
    assert states(waiting_app).count("skipped") == 10
    expect(page.locator("lead-counts")).to_contain_text("10 skipped, 0 not a person")
    card.get_by_role("button", name="Take back all 10").click()
    expect(card).to_contain_text("10 people to be labelled again; 10 images back in the queue.")
    assert states(waiting_app) == ["open"] * 60


def test_a_lead_in_the_editor_skips_everybody_like_that_there_and_takes_it_back(
    page: Page, waiting_app: RunningApp
) -> None:
    picture = cv2.imencode(".jpg", np.full((480, 640, 3), 90, np.uint8))[1].tobytes()
    page.route("**/img/**", lambda route: route.fulfill(body=picture, content_type="image/jpeg"))
    step = {"code": "held_enough", "title": "", "text": "", "command": None, "link": None}
    nothing = json.dumps({"task": None, "message": "", "step": step})  # no image is fetched ahead, and so held
    page.route("**/api/next*", lambda route: route.fulfill(body=nothing, content_type="application/json"))
    page.goto(f"{waiting_app.url}/annotate/?image=11")  # of somebody who is large enough
    page.wait_for_selector("pose-editor[data-phase=ready]")
    menu, notice = page.locator("pose-editor .menu"), page.locator("pose-editor .notice")
    page.keyboard.press("s")
    page.get_by_role("menuitem", name="Everybody too small or too dark…").click()
    expect(menu).to_contain_text("10 people (10 too small, 0 too dark) are skipped, as your decision")
    expect(menu).to_contain_text("10 images leave the queue.")
    page.keyboard.press("Enter")
    expect(menu).to_be_hidden()
    assert states(waiting_app) == ["open"] * 60, "the first choice is to leave them"
    page.keyboard.press("s")
    page.keyboard.press("6")
    page.get_by_role("menuitem", name="Skip 10 people").click()
    expect(notice).to_contain_text("10 people skipped; 10 images left the queue.")
    assert states(waiting_app).count("skipped") == 10
    notice.get_by_role("button", name="Take back all 10").click()
    expect(notice).to_contain_text("10 people to be labelled again; 10 images back in the queue.")
    assert states(waiting_app) == ["open"] * 60


def test_the_order_is_told_before_any_network_spoke(page: Page) -> None:
    card = page.locator("lead-order")
    expect(card).to_contain_text("images that are unlike each other come first")
    expect(card).to_contain_text("Give it a pose model, or launch a round")


def test_what_a_simulation_wants_is_said_where_it_cannot_be(page: Page) -> None:
    card = page.locator("lead-simulation")
    expect(card).to_contain_text("Not yet: 0 people are labelled; wanted 100")
    expect(card.get_by_role("button")).to_have_count(0)


def test_a_simulation_says_its_cost_then_runs_and_shows_curve_and_advice(
    page: Page, waiting_app: RunningApp, make_label: Callable[..., Any], tmp_path: Path
) -> None:
    settings = read_settings(waiting_app.home, {})
    store = open_store(settings.database_url)
    label(store, waiting_app.home, make_label, 120, camera="yard")
    give_model(waiting_app.home, tmp_path)
    card = page.locator("lead-simulation")
    card.scroll_into_view_if_needed()  # out of sight it would not ask again
    card.get_by_role("button", name="What would it cost?").click()
    expect(card).to_contain_text("It waits for a worker; none runs.")
    work_on(store, settings, 1, "cost", command=stand_in(), worker=WORKER)  # as the worker does
    expect(card).to_contain_text("It takes about 2 minutes on this machine.")
    card.get_by_role("button", name="Begin").click()
    expect(card.get_by_role("button", name="Cancel")).to_be_visible()
    work_on(store, settings, 1, "run", command=stand_in(), worker=WORKER)
    store.close()
    expect(card).to_contain_text("Go on labelling: from 24 to 48 labels")
    expect(card).to_contain_text("Labels saved by the queue's order")
    curve = card.get_by_role("img")
    assert curve.evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 100
    theme: Any
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        page.reload()  # colours of another theme come little by little
        expect(card.get_by_role("img")).to_be_visible()
        assert grave(findings(page)) == []
    card.get_by_role("button", name="Simulate again: what would it cost?").click()
    card.get_by_role("button", name="Cancel").click()
    expect(card).to_contain_text("Simulation 2 was cancelled.")


def test_the_cards_are_fine_with_axe_in_light_and_dark_and_fit_a_phone(page: Page) -> None:
    theme: Any
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        page.reload()  # colours of another theme come little by little
        page.locator("lead-unlabelable").get_by_role("button", name="Skip them all").click()
        assert grave(findings(page)) == []
    page.set_viewport_size(PHONE["viewport"])
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


@pytest.mark.parametrize("width", [PHONE["viewport"]["width"], 820, 1280])
def test_every_field_of_the_launch_form_is_seen_whole(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    form = page.locator("#launch")
    frame = form.bounding_box()
    assert frame is not None
    for name in ("Preset", "Method", "Training steps", "Seed", "Blind share"):
        field = form.get_by_label(name, exact=True).first
        expect(field).to_be_visible()
        box = field.bounding_box()
        assert box is not None
        assert frame["x"] <= box["x"] and box["x"] + box["width"] <= frame["x"] + frame["width"], name
        # what a label says stands in the element that its field is in: none of it is cut off
        hidden = field.evaluate("element => { const { scrollWidth, clientWidth } = element.closest('.form');"
                                " return scrollWidth - clientWidth; }")  # fmt: skip
        assert hidden == 0, name


@pytest.mark.parametrize("width", [PHONE["viewport"]["width"], 820, 1440])
def test_the_launch_forms_fields_stand_in_lines(page: Page, width: int) -> None:
    """Names of one line begin at one height, and what is typed or chosen stands in boxes of one height."""
    page.set_viewport_size({"width": width, "height": 900})
    found = page.locator("#launch .row > .form > .block").evaluate_all(
        """(fields) => fields.map((field) => [
            field.querySelector('[data-testid=block-info]'),
            field.querySelector('.wrap:has(> .wrap-inner), .container > input'),
        ].map((part) => part.getBoundingClientRect()).map(({ x, y, width, height }) => [x, y, width, height]))"""
    )
    assert len(found) == 5
    lines: dict[int, list[Any]] = {}
    for name, box in found:
        assert round(name[0]) == round(box[0]), "a field begins where its name does"
        lines.setdefault(round(name[1]), []).append([round(part) for part in box])
    assert len(lines) in (2, 3)
    for boxes in lines.values():
        assert len({y for _, y, _, _ in boxes}) == 1
    assert len({height for boxes in lines.values() for *_, height in boxes}) == 1
    assert len({boxes[-1][0] + boxes[-1][2] for boxes in lines.values()}) == 1, "lines end at one edge"
