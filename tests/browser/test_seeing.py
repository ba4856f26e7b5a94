"""What is drawn and how, in headless Chromium: ghosts, rings, names, loupe, tone, and keys of one's own."""

import json
import re
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.acting import Fingers, eventually, everything, point, screen, selected, shown, wait

pytestmark = pytest.mark.browser
fake = runpy.run_path(str(Path(__file__).parent / "editor_server.py"))
World, drawn_image = fake["World"], fake["drawn_image"]
A, STUDENT, LABEL = (0x7F, 0xF0, 0xCF), (0xFF, 0x9F, 0xB2), (0xF4, 0xF7, 0xFB)
LEFT, RIGHT, FLAG = (0x4F, 0xB3, 0xFF), (0xFF, 0x9D, 0x2E), (0xFF, 0xE1, 0x4A)


@pytest.fixture
def world() -> Any:
    """Three drawn images of two persons each; the first person has a student's ghost."""
    world = World({i: drawn_image(i) for i in range(1, 4)})
    first = world.images[1].persons[0]
    first.ghosts["C"] = [[x + 6, y + 6, 0.9] for x, y, _ in first.start]
    return world


@pytest.fixture
def open_counting(open_editor: Callable[..., Page], world: Any) -> Callable[..., Page]:
    """The editor on a page that remembers which words are painted."""

    def opened(**options: Any) -> Page:
        page = open_editor(world, **options)
        page.evaluate(
            "() => { window.painted = []; const { prototype } = CanvasRenderingContext2D;"
            " const { fillText } = prototype; prototype.fillText = function (text, ...rest) {"
            " window.painted.push(text); return fillText.call(this, text, ...rest); }; }"
        )
        return page

    return opened


def words_painted(page: Page, key: str = "c") -> list[str]:
    """The words that one painting of the whole puts on the image."""
    page.evaluate("() => { window.painted = []; }")
    page.keyboard.press(key)
    shown(page)
    words: list[str] = page.evaluate("window.painted")
    return words


def pixels_of(page: Page, colour: tuple[int, int, int], layer: int = 3) -> int:
    """How many pixels of a layer have a colour."""
    shown(page)
    count: int = page.evaluate(
        "([red, green, blue, layer]) => { const canvas = document.querySelector('pose-editor').shadowRoot"
        ".querySelectorAll('canvas')[layer];"
        " const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);"
        " let count = 0; for (let i = 0; i < data.length; i += 4) count += data[i + 3] > 250 &&"
        " Math.abs(data[i] - red) + Math.abs(data[i + 1] - green) + Math.abs(data[i + 2] - blue) < 12; return count; }",
        [*colour, layer],
    )
    return count


def seen(page: Page, spot: tuple[float, float]) -> np.ndarray:
    """The colour on the screen at a spot of the window, as blue, green, red."""
    x, y = spot
    shown(page)
    shot = page.screenshot(clip={"x": x, "y": y, "width": 2, "height": 2})
    pixels = np.asarray(cv2.imdecode(np.frombuffer(shot, np.uint8), cv2.IMREAD_COLOR), int)
    return np.asarray(pixels[0, 0])


def view(page: Page) -> Locator:
    """The popover."""
    return page.get_by_role("dialog", name="View", exact=True)


def choose(page: Page, group: str, name: str) -> None:
    """One of a group's choices in the popover."""
    view(page).get_by_role("radiogroup", name=group).get_by_role("radio", name=name, exact=True).check()


def test_each_ghost_has_a_key_and_all_go_and_come_back_with_one(open_counting: Callable[..., Page]) -> None:
    page = open_counting()
    assert pixels_of(page, A) > 0 and pixels_of(page, STUDENT) == 0
    page.keyboard.press("Alt+3")
    assert pixels_of(page, STUDENT) > 0
    page.keyboard.press("Alt+1")
    assert pixels_of(page, A) == 0
    assert {"B", "S"} <= set(words_painted(page)) and "A" not in words_painted(page)
    page.keyboard.press("g")
    assert not {"A", "B", "S"} & set(words_painted(page))
    page.keyboard.press("g")
    assert pixels_of(page, A) == 0 and pixels_of(page, STUDENT) > 0


def test_the_previous_label_is_a_ghost_and_its_absent_keypoints_are_not_drawn(
    world: Any, open_counting: Callable[..., Page]
) -> None:
    first = world.images[1].persons[0]
    first.label = [[x, y, 2] for x, y, _ in first.start]
    first.label[first.flags[0]["keypoint"]] = [0, 0, 0]
    page = open_counting()
    page.keyboard.press("Alt+4")
    assert "L" not in words_painted(page)
    page.keyboard.press("Tab")
    assert "L" in words_painted(page)
    assert pixels_of(page, LABEL) > 0


def test_what_is_chosen_in_the_view_shows_at_once_and_at_the_next_visit(open_counting: Callable[..., Page]) -> None:
    page = open_counting()
    before = pixels_of(page, FLAG)
    page.keyboard.press("w")
    choose(page, "Rings", "All scores")
    assert pixels_of(page, FLAG) > before
    choose(page, "Rings", "None")
    choose(page, "Names", "None")
    assert pixels_of(page, FLAG) == 0
    view(page).get_by_text("Other persons").click()
    assert pixels_of(page, LEFT, layer=1) == 0
    page.reload()
    wait(page, "painted", "1")
    assert pixels_of(page, FLAG) == 0 and pixels_of(page, LEFT, layer=1) == 0
    page.keyboard.press("w")
    view(page).get_by_role("button", name="Everything as at first").click()
    assert pixels_of(page, FLAG) == before and pixels_of(page, LEFT, layer=1) > 0


def test_a_flagged_keypoint_says_why_beside_it_until_it_was_looked_at(
    world: Any, open_counting: Callable[..., Page]
) -> None:
    page = open_counting()
    flag = world.images[1].persons[0].flags[0]
    said = " ".join(words_painted(page))
    name = world.skeleton.spoken(flag["keypoint"])
    reason = flag["reason"].removeprefix(f"{name}: ")
    assert f"{name} {reason}" in said
    page.keyboard.press("2")
    assert reason not in " ".join(words_painted(page))
    page.mouse.move(*screen(page, 100, world.skeleton.keypoints[flag["keypoint"]]))
    assert reason in " ".join(words_painted(page))


def test_all_names_are_shown_as_far_as_there_is_room(world: Any, open_counting: Callable[..., Page]) -> None:
    page = open_counting()
    names = {name.replace("_", " ") for name in world.skeleton.keypoints}
    assert len(names & set(words_painted(page))) == 1
    page.keyboard.press("w")
    choose(page, "Names", "All")
    page.keyboard.press("Escape")
    assert len(names & set(words_painted(page))) >= 10


def test_left_and_right_are_told_by_their_shape_too(open_counting: Callable[..., Page]) -> None:
    page = open_counting()
    page.keyboard.press("w")
    view(page).get_by_label("Dots", exact=True).fill("2")
    view(page).get_by_label("Lines", exact=True).fill("0")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    for keypoint, colour, has_corner in (("left_hip", LEFT, False), ("right_hip", RIGHT, True)):
        x, y = screen(page, 100, keypoint)
        assert np.abs(seen(page, (x - 1, y - 1))[::-1] - colour).max() < 12
        corner = np.abs(seen(page, (x + 6.5, y + 6.5))[::-1] - colour).max() < 12
        assert corner == has_corner, keypoint


def test_the_tone_changes_what_is_seen_and_nothing_that_is_stored(open_counting: Callable[..., Page]) -> None:
    page = open_counting()
    spot = page.evaluate("() => document.querySelector('pose-editor').screenAt(300, 12)")
    floor = (spot["x"], spot["y"])
    before, stored = seen(page, floor), everything(page)
    page.keyboard.press("w")
    view(page).get_by_label("Brightness", exact=True).fill("-0.4")
    darker = seen(page, floor)
    assert before - darker == pytest.approx([51, 51, 51], abs=3)
    assert pixels_of(page, RIGHT) > 0
    page.reload()
    wait(page, "painted", "1")
    assert seen(page, floor) == pytest.approx(darker, abs=1)
    page.keyboard.press("w")
    view(page).get_by_role("button", name="Brightness as at first").click()
    view(page).get_by_label("Gamma", exact=True).fill("3")
    lifted = 255 * (before / 255) ** (1 / 3)
    assert seen(page, floor) == pytest.approx(lifted, abs=3)
    view(page).get_by_role("button", name="Picture as taken").click()
    assert seen(page, floor) == pytest.approx(before, abs=0)
    assert page.evaluate(
        "() => [...document.querySelector('pose-editor').shadowRoot.querySelectorAll('canvas')]"
        ".every((canvas) => canvas.style.filter === '')"
    )
    assert everything(page) == stored


def test_the_view_is_worked_by_the_keyboard_and_moves_no_keypoint(open_counting: Callable[..., Page]) -> None:
    page = open_counting()
    before = everything(page)
    page.keyboard.press("w")
    expect(view(page).get_by_role("checkbox", name="Teacher A")).to_be_focused()
    page.keyboard.press("Space")
    expect(view(page).get_by_role("checkbox", name="Teacher A")).not_to_be_checked()
    view(page).get_by_label("Dots", exact=True).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(view(page).get_by_label("Dots", exact=True)).to_have_value("1.2")
    page.keyboard.press("l")
    expect(view(page).get_by_role("checkbox", name="Loupe")).to_be_checked()
    page.keyboard.press("Escape")
    expect(view(page)).to_be_hidden()
    assert page.evaluate("document.querySelector('pose-editor').shadowRoot.activeElement.className") == "stage"
    assert everything(page) == before
    page.get_by_role("button", name="View: what is drawn").click()
    expect(view(page)).to_be_visible()
    page.get_by_role("button", name="View: what is drawn").click()
    expect(view(page)).to_be_hidden()
    page.keyboard.press("w")
    page.get_by_label("Search").click()
    expect(view(page)).to_be_hidden()


def test_on_a_phone_the_view_is_at_the_bottom_and_leaves_the_image_in_sight(open_counting: Callable[..., Page]) -> None:
    page = open_counting(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.get_by_role("button", name="View: what is drawn").tap()
    box, stage = view(page).bounding_box(), page.locator("pose-editor .stage").bounding_box()
    assert box and stage
    assert box["y"] + box["height"] == pytest.approx(844, abs=1) and box["width"] == pytest.approx(390, abs=1)
    assert box["y"] - stage["y"] > 120


def test_the_loupe_shows_what_is_under_the_selected_keypoint(open_counting: Callable[..., Page]) -> None:
    page = open_counting()
    loupe = page.locator("pose-editor canvas.loupe")
    expect(loupe).to_be_hidden()
    page.keyboard.press("l")
    expect(loupe).to_be_visible()
    box = loupe.bounding_box()
    x, y = screen(page, *selected(page))
    assert box and not (box["x"] <= x <= box["x"] + box["width"] and box["y"] <= y <= box["y"] + box["height"])
    beside = page.evaluate(
        "() => { const { width, height } = document.querySelector('pose-editor').shadowRoot"
        ".querySelector('canvas.loupe'); const context = document.querySelector('pose-editor').shadowRoot"
        ".querySelector('canvas.loupe').getContext('2d');"
        " return [...context.getImageData(width / 2 + 7, height / 2 + 7, 1, 1).data].slice(0, 3); }"
    )
    picture = page.evaluate(
        "([x, y]) => { const root = document.querySelector('pose-editor').shadowRoot;"
        " const frame = root.querySelector('.stage').getBoundingClientRect();"
        " const context = root.querySelector('canvas').getContext('2d');"
        " return [...context.getImageData(x - frame.left, y - frame.top, 1, 1).data].slice(0, 3); }",
        [x + 2, y + 2],
    )
    assert beside == pytest.approx(picture, abs=30)
    page.keyboard.press("l")
    expect(loupe).to_be_hidden()


def test_under_a_finger_the_loupe_comes_by_itself_and_goes_with_it(open_counting: Callable[..., Page]) -> None:
    page = open_counting(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.evaluate("document.querySelector('pose-editor').run('fit-person')")
    loupe = page.locator("pose-editor canvas.loupe")
    x, y = screen(page, 100, "left_knee")
    fingers = Fingers(page)
    fingers.down((x, y))
    fingers.move((x + 12, y))
    fingers.move((x + 30, y + 5))
    expect(loupe).to_be_visible()
    box = loupe.bounding_box()
    assert box
    nearest = (
        max(box["x"] - x - 30, 0, x + 30 - box["x"] - box["width"]),
        max(box["y"] - y - 5, 0, y + 5 - box["y"] - box["height"]),
    )
    assert float(np.hypot(*nearest)) > 20
    fingers.up()
    expect(loupe).to_be_hidden()


def test_a_key_of_ones_own_holds_everywhere_and_at_the_next_visit(open_counting: Callable[..., Page]) -> None:
    page = open_counting()
    change_key(page, "Skip person, with a reason, S", "x")
    expect(page.get_by_text("“Skip person, with a reason” is X now. It was taken from “Not a person”.")).to_be_visible()
    expect(page.get_by_role("button", name="Not a person, no key")).to_be_visible()
    change_key(page, "Undo, Z or Ctrl Z", "q")
    page.keyboard.press("Escape")
    page.reload()
    wait(page, "painted", "1")
    expect(page.get_by_role("button", name="Skip X")).to_be_visible()
    expect(page.get_by_role("button", name="Undo", exact=True)).to_have_attribute("title", "Undo (Q)")
    before = point(page, *selected(page))
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("z")
    assert point(page, *selected(page)) != before
    page.keyboard.press("q")
    assert point(page, *selected(page)) == before
    page.keyboard.press("x")
    expect(page.get_by_role("menuitem", name="Blurred")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_text("Q takes back step by step")).to_be_visible()
    page.get_by_role("button", name="Change keys").click()
    page.get_by_role("button", name="Reset all keys").click()
    expect(page.get_by_role("button", name="Skip person, with a reason, S")).to_be_visible()
    assert json.loads(page.evaluate("localStorage.getItem('pose-editor/keys')")) == {}


def change_key(page: Page, row: str, key: str) -> None:
    """Give a command another key, on the help page."""
    if not page.get_by_role("dialog", name="Help").is_visible():
        page.keyboard.press("?")
        page.get_by_role("button", name="Change keys").click()
    page.get_by_role("button", name=row, exact=True).click()
    page.keyboard.press(key)


def test_escape_leaves_a_key_as_it_is_and_fixed_ones_cannot_be_taken(open_counting: Callable[..., Page]) -> None:
    page = open_counting()
    change_key(page, "Whole image, F", "Escape")
    expect(page.get_by_role("dialog", name="Help")).to_be_visible()
    expect(page.get_by_role("button", name="Whole image, F", exact=True)).to_be_focused()
    change_key(page, "Whole image, F", "Enter")
    expect(page.get_by_text("Enter: This key stays with “Accept person”. Press another one.")).to_be_visible()
    page.keyboard.press("Delete")
    expect(page.get_by_role("button", name="Whole image, no key", exact=True)).to_be_focused()
    page.get_by_role("button", name="First keys again: Whole image").click()
    expect(page.get_by_role("button", name="Whole image, F", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Accept person, Enter")).to_be_disabled()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Help")).to_be_hidden()


def test_everything_is_hidden_while_the_key_is_held_whichever_it_is(open_counting: Callable[..., Page]) -> None:
    page = open_counting()
    change_key(page, "Hide everything while held, H", "i")
    page.keyboard.press("Escape")
    assert pixels_of(page, RIGHT) > 0
    page.keyboard.down("i")
    assert pixels_of(page, RIGHT) == 0
    page.keyboard.up("i")
    assert pixels_of(page, RIGHT) > 0


def test_a_press_of_space_on_a_button_presses_it_whatever_space_does_on_the_image(
    open_counting: Callable[..., Page],
) -> None:
    page = open_counting()
    change_key(page, "Whole image, F", "Space")
    page.keyboard.press("Escape")
    page.get_by_role("button", name=re.compile("^Absent")).focus()
    page.keyboard.press("Space")
    assert point(page, *selected(page))[2] == 0


def test_a_hundred_persons_are_dragged_smoothly_with_everything_drawn(open_editor: Callable[..., Page]) -> None:
    page = open_editor(World({1: drawn_image(1, persons=100, width=4096, height=4096, flags=3)}))
    page.keyboard.press("w")
    choose(page, "Rings", "All scores")
    choose(page, "Names", "All")
    page.keyboard.press("l")
    page.keyboard.press("Escape")
    x, y = screen(page, 100, "left_wrist")
    page.mouse.click(x, y)
    page.wait_for_timeout(300)
    page.evaluate(
        "() => { window.work = []; const frames = window.requestAnimationFrame; let handled = 0;"
        " const stage = document.querySelector('pose-editor').shadowRoot.querySelector('.stage'); let began = 0;"
        " stage.addEventListener('pointermove', () => { began = performance.now(); }, { capture: true });"
        " stage.addEventListener('pointermove', () => { handled += performance.now() - began; });"
        " window.requestAnimationFrame = (paint) => frames((time) => { const start = performance.now(); paint(time);"
        " window.work.push(handled + performance.now() - start); handled = 0; }); }"
    )
    page.mouse.down()
    page.mouse.move(x + 60, y + 40, steps=60)
    eventually(page, "() => window.work.length >= 20")
    work = sorted(page.evaluate("window.work"))
    assert work[len(work) // 2] <= 8, json.dumps(work)


def test_flag_keys_moved_elsewhere_work_after_escape_and_tab_leaves(open_counting: Callable[..., Page]) -> None:
    page = open_counting()
    stage = page.get_by_role("application")
    expect(stage).to_have_accessible_name(re.compile("^Image. Tab walks the flags, arrows move the keypoint"))
    change_key(page, "Skip person, with a reason, S", "Tab")
    expect(page.get_by_text("Tab: This key is the way in and out of the image")).to_be_visible()
    page.keyboard.press("Escape")
    change_key(page, "Next flag, Tab", "q")
    change_key(page, "Move by 1 px: left, ←", "i")
    page.keyboard.press("Escape")
    expect(stage).to_have_accessible_name(re.compile("^Image. Q walks the flags, I, →, ↑, ↓ move the keypoint"))
    page.keyboard.press("Escape")
    before = selected(page)
    page.keyboard.press("q")
    assert selected(page) != before
    stage.focus()
    page.keyboard.press("Tab")
    expect(stage).not_to_be_focused()


def test_a_reset_tells_whose_key_it_takes_and_leaves_nobody_without_one(open_counting: Callable[..., Page]) -> None:
    page = open_counting()
    change_key(page, "Skip person, with a reason, S", "x")
    page.get_by_role("button", name="First keys again: Not a person").click()
    told = "“Not a person” has its first keys again. “Skip person, with a reason” is S now."
    expect(page.get_by_text(told)).to_be_visible()
    change_key(page, "Skip person, with a reason, S", "x")
    change_key(page, "Nobody (else) here, E", "s")
    page.get_by_role("button", name="First keys again: Not a person").click()
    told = "“Not a person” is without a key now. “Skip person, with a reason” keeps X: it would have no key otherwise."
    expect(page.get_by_text(told)).to_be_visible()
    change_key(page, "Whole image, F", ",")
    expect(page.get_by_text("“Whole image” is “,” now. It was taken from “Turn by 2 degrees: left”.")).to_be_visible()
