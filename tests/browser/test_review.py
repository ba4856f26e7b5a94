"""Reviewing as people do it: one key each way, a correction, the last word taken back, and what the annotator gets."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from db.clock import utc_now
from db.labelling import findings as stored_findings
from db.labelling import labels, reviews
from db.labelling.reviews import ReviewRecord
from db.pool import persons
from db.records import FindingRecord, LabelCheckRecord, PersonRecord
from db.store.session import open_store
from tests.browser.acting import eventually
from tests.browser.axe_findings import findings, grave
from tests.browser.conftest import RunningApp, signed_in
from tests.browser.screens import PHONE, THEMES

pytestmark = pytest.mark.browser
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
READY = "label-review[data-phase=ready][data-painted]"
EDITOR = "pose-editor[data-phase=ready][data-painted]"
# Controls that are lower than a finger wants.
SMALL = """(wanted) => [...document.querySelector("label-review").shadowRoot
    .querySelectorAll("button, .panel a, input, select")]
  .filter((control) => control.checkVisibility())
  .filter((control) => control.getBoundingClientRect().height < wanted - 0.5).map(({ outerHTML }) => outerHTML)"""

Opens = Callable[..., Page]


@pytest.fixture
def opens(chromium: Browser, reviewed_app: RunningApp) -> Iterator[Opens]:
    """Open a page in a browser of its own, signed in, and wait until it is there; the rest goes to the context."""
    with ExitStack() as stack:

        def opened(name: str, path: str = "/review/", ready: str = READY, **options: Any) -> Page:
            page = signed_in(stack, chromium, reviewed_app, name, **options)
            page.goto(f"{reviewed_app.url}{path}")
            page.wait_for_selector(ready, timeout=30_000)
            return page

        yield opened


def shown(page: Page) -> int:
    """Who is shown, once they are."""
    page.wait_for_selector(READY)
    return int(page.locator("label-review").get_attribute("data-person") or 0)


def press(page: Page, key: str) -> int:
    """Press a key that leads to another person; who was shown before."""
    before = shown(page)
    page.keyboard.press(key)
    expect(page.locator("label-review")).not_to_have_attribute("data-person", str(before))
    shown(page)
    return before


def stored(page: Page, app: RunningApp) -> list[ReviewRecord]:
    """All reviews, once the server has what the page sent."""
    expect(page.locator("label-review")).to_have_attribute("data-pending", "0")
    store = open_store(f"sqlite:///{app.home / 'store.db'}")
    with store.reading() as tx:
        found = reviews.list_reviews(tx)
    store.close()
    return found


def person_of(app: RunningApp, person_id: int) -> PersonRecord:
    store = open_store(f"sqlite:///{app.home / 'store.db'}")
    with store.reading() as tx:
        found = persons.get_person(tx, person_id)
    store.close()
    return found


def chooser(page: Page, number: int) -> Locator:
    """Whom to show, and whose labels."""
    return page.locator("label-review .toolbar select").nth(number)


def test_one_key_says_good_and_the_next_person_is_there(opens: Opens, reviewed_app: RunningApp) -> None:
    page = opens("rita")
    painted = int(page.locator("label-review").get_attribute("data-painted") or 0)
    seen = []
    for i in range(4):
        seen.append(shown(page))
        page.keyboard.press("y")
        page.wait_for_selector(f"label-review[data-painted='{painted + i + 1}']")
    assert len(set(seen)) == 4
    told = {one.person_id: one for one in stored(page, reviewed_app)}
    row = page.get_by_role("table", name="Results by annotator").get_by_role("row", name="ann")
    good = sum(one.result == "good" and one.annotator == "ann" for one in told.values())
    expect(row.get_by_role("cell").first).to_have_text(str(good))
    assert all((told[i].result, told[i].reviewer, told[i].annotator) == ("good", "rita", "ann") for i in seen)


def test_the_last_word_is_taken_back(opens: Opens, reviewed_app: RunningApp) -> None:
    page = opens("rita")
    good = press(page, "y")
    assert press(page, "z") != good and shown(page) == good
    assert good not in {one.person_id for one in stored(page, reviewed_app)}
    press(page, "y")
    assert good in {one.person_id for one in stored(page, reviewed_app)}


def test_who_comes_back_is_the_annotators_next_with_the_words(opens: Opens, reviewed_app: RunningApp) -> None:
    page = opens("rita")
    back = shown(page)
    page.keyboard.press("n")
    page.keyboard.press("Enter")
    assert shown(page) == back, "a word is wanted"
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("label-review")).not_to_have_attribute("data-person", str(back))
    (said,) = [one for one in stored(page, reviewed_app) if one.person_id == back]
    assert (said.comment, said.is_waiting) == ("Left and right are exchanged", True)
    ann = opens("ann", "/annotate/", EDITOR)
    assert ann.locator("pose-editor").get_attribute("data-person") == str(back)
    words = ann.get_by_text("rita sent this back: Left and right are exchanged")
    expect(words).to_be_visible()
    assert grave(findings(ann)) == []
    ann.keyboard.press("Enter")
    for _ in range(200):
        if person_of(reviewed_app, back).state == "accepted":
            break
        ann.wait_for_timeout(100)
    assert person_of(reviewed_app, back).state == "accepted"
    assert not [one for one in stored(page, reviewed_app) if one.is_waiting and one.person_id == back]


def test_a_moved_keypoint_is_a_correction_that_the_annotator_hears_of(opens: Opens, reviewed_app: RunningApp) -> None:
    page = opens("rita")
    corrected = shown(page)
    nose = person_of(reviewed_app, corrected).label.xyv[0]  # type: ignore[union-attr]
    spot = page.evaluate("([x, y]) => document.querySelector('label-review').screenAt(x, y)", nose[:2].tolist())
    page.mouse.move(spot["x"], spot["y"])
    page.mouse.down()
    page.mouse.move(spot["x"] + 20, spot["y"] + 5)
    page.mouse.move(spot["x"] + 40, spot["y"] + 10)
    page.mouse.up()
    page.keyboard.press("y")
    expect(page.get_by_text("You moved keypoints.")).to_be_visible()
    page.keyboard.press("n")
    expect(page.get_by_role("button", name="Save pose")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("label-review")).not_to_have_attribute("data-person", str(corrected))
    said = next(one for one in stored(page, reviewed_app) if one.person_id == corrected)
    after = person_of(reviewed_app, corrected)
    assert (said.result, said.corrected, after.state) == ("back", said.revision + 1, "accepted")
    assert after.label is not None and after.label.author == "rita"
    assert float(abs(after.label.xyv[0, :2] - nose[:2]).max()) > 1
    assert (after.label.xyv[1:] == label_before(reviewed_app, corrected)[1:]).all(), "nothing else moved"
    ann = opens("ann", f"/annotate/?image={after.image_id}&person={corrected}", EDITOR)
    expect(ann.get_by_text("rita corrected", exact=False).first).to_be_visible()


def label_before(app: RunningApp, person_id: int) -> Any:
    """The keypoints of the last label but one."""
    store = open_store(f"sqlite:///{app.home / 'store.db'}")
    with store.reading() as tx:
        found = labels.history(tx, person_id)[-2].xyv
    store.close()
    return found


def test_the_second_of_two_reviewers_is_told_and_goes_on(opens: Opens, reviewed_app: RunningApp) -> None:
    rita, ron = opens("rita"), opens("ron")
    wanted = shown(ron)
    said = ron.context.request.get(f"{reviewed_app.url}/api/session").json()
    assert said["user"]["role"] == "reviewer"
    # Rita says of ron's person what he is about to say.
    csrf = rita.context.request.get(f"{reviewed_app.url}/api/session").json()["csrf"]
    body = {"key": "by-rita-first", "person_id": wanted, "revision": 1, "result": "good"}
    headers = {"X-CSRF-Token": csrf, "Content-Type": "application/json"}
    assert rita.context.request.post(f"{reviewed_app.url}/api/review", data=json.dumps(body), headers=headers).ok
    press(ron, "y")
    expect(ron.get_by_text("rita found this label good already", exact=False)).to_be_visible()
    (told,) = [one for one in stored(ron, reviewed_app) if one.person_id == wanted]
    assert told.reviewer == "rita"


def test_whose_labels_and_flags_choose_who_is_shown(opens: Opens) -> None:
    page = opens("rita")
    chooser(page, 0).select_option("flagged")
    page.wait_for_selector(READY)
    expect(page.get_by_text("Flagged: left wrist")).to_be_visible()
    expect(chooser(page, 1).locator("option[value=ann]")).to_be_attached()
    expect(chooser(page, 1).locator("option:is([value=ron], [value=import])")).to_have_count(0)
    chooser(page, 1).select_option("ann")
    page.wait_for_selector(READY)
    chooser(page, 1).select_option("")
    page.wait_for_selector(READY)


def test_suspicious_labels_are_walked_with_what_is_suspected_and_good_settles_it(
    opens: Opens, reviewed_app: RunningApp
) -> None:
    store = open_store(f"sqlite:///{reviewed_app.home / 'store.db'}")
    with store.transaction() as tx:
        one, two = [person for person in persons.list_persons(tx) if is_unreviewed(tx, person.id)][-2:]
        said = [
            FindingRecord(two.id, 1, "inversion", (13, 14), 0.9, "left and right knee seem exchanged"),
            FindingRecord(one.id, 1, "miss", (0,), 0.4, "nose is absent, and networks see it (84 %)"),
        ]
        seen = stored_findings.to_check_by(tx)
        stored_findings.replace(tx, said, LabelCheckRecord(utc_now(), "", 53, 0, 0, seen))
    page = opens("rita")
    expect(chooser(page, 0).locator("option[value=suspicious]")).to_have_text("Suspicious (2)")
    page.goto(f"{reviewed_app.url}/review/?show=suspicious")
    expect(chooser(page, 0)).to_have_value("suspicious")
    expect(page.locator("label-review")).to_have_attribute("data-person", str(two.id))
    expect(page.get_by_text("A check suspects: Left and right knee seem exchanged.")).to_be_visible()
    assert grave(findings(page)) == []
    press(page, "y")
    expect(page.get_by_text("A check suspects: Nose is absent")).to_be_visible()
    assert stored(page, reviewed_app)
    with store.reading() as tx:
        assert [found.person_id for found in stored_findings.current(tx)] == [one.id]
    store.close()


def is_unreviewed(tx: Any, person_id: int) -> bool:
    return person_id not in {said.person_id for said in reviews.list_reviews(tx)}


def test_a_lead_sets_the_rule_and_reads_the_shares(opens: Opens, reviewed_app: RunningApp) -> None:
    page = opens("lea")
    expect(page.get_by_role("table", name="Results by annotator")).to_contain_text("ann")
    page.get_by_label("Of all, %").fill("30")
    page.get_by_role("button", name="Set", exact=True).click()
    expect(page.get_by_text("30 % of all accepted persons are reviewed", exact=False)).to_be_visible()
    page.get_by_label("Of all, %").fill("100")
    page.get_by_role("button", name="Set", exact=True).click()
    expect(page.get_by_text("100 % of all accepted persons are reviewed", exact=False)).to_be_visible()
    rita = opens("rita")
    assert rita.get_by_label("Of all, %").count() == 0


def test_annotators_have_no_such_page(opens: Opens, reviewed_app: RunningApp) -> None:
    ann = opens("ann", "/annotate/", "pose-editor[data-phase]")
    assert ann.get_by_role("link", name="Review").count() == 0
    ann.goto(f"{reviewed_app.url}/review/")
    expect(ann.get_by_role("heading", name="This page is for reviewers")).to_be_visible()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("device", [{}, PHONE], ids=["desktop", "phone"])
def test_it_is_accessible_and_fits(opens: Opens, theme: str, device: dict[str, Any]) -> None:
    page = opens("lea", f"/review/?__theme={theme}", **device)
    assert grave(findings(page)) == []
    assert page.evaluate(SIDEWAYS) <= 0
    page.get_by_role("button", name="Send back N").click()
    assert grave(findings(page)) == []
    if device:
        assert page.evaluate(SMALL, 44) == []


def test_the_keyboard_alone_goes_everywhere(opens: Opens) -> None:
    page = opens("rita")
    page.keyboard.press("n")
    page.keyboard.press("Escape")
    reached = set()
    page.keyboard.press("Escape")
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                "() => document.querySelector('label-review')?.shadowRoot.activeElement?.textContent.trim() ?? ''"
            )
        )
    assert {"Open in the editor", "Good Y", "Send back N"} <= reached
    eventually(page, "() => document.querySelector('label-review').dataset.phase === 'ready'")
