"""Every page for people who use a keyboard, a screen reader, a finger or a narrow window."""

import re
import runpy
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.acting import at, drag, eventually, person, wait
from tests.browser.axe_findings import findings, grave
from tests.browser.editor_states import STATES, State, shows_image, shows_looks, shows_reasons, somebody_to_place
from tests.browser.screens import LANDSCAPE, PHONE, READY, TABLET, THEMES

pytestmark = pytest.mark.browser
fake = runpy.run_path(str(Path(__file__).parent / "editor_server.py"))
World, drawn_image = fake["World"], fake["drawn_image"]
FINGER_PX = 44

# Where the focus is: the part of the page, looked for from the innermost shadow root outwards, and the element.
FOCUSED = """() => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  if (!element || element === document.body) return "outside";
  const parts = { stage: ".stage", toolbar: ".bar[role=toolbar]", panel: ".panel", header: "header" };
  return Object.keys(parts).find((name) => element.closest(parts[name])) ?? "outside";
}"""
# Controls to be hit with a finger that are smaller than wanted either way. A label around a control is hit as well.
SMALL = """([host, wanted]) => {
  const root = host ? document.querySelector(host).shadowRoot : document;
  const hit = (control) => (control.closest("label") ?? control).getBoundingClientRect();
  return [...root.querySelectorAll("button, a[href], input, select, summary")]
    .filter((control) => control.checkVisibility({ visibilityProperty: true }))
    .map((control) => ({ control, ...hit(control).toJSON() }))
    .filter(({ width, height }) => width && height && Math.min(width, height) < wanted - 0.5)
    .map(({ control, width, height }) => {
      const name = control.getAttribute("aria-label") || control.textContent.trim() || control.name;
      return `${name}: ${Math.round(width)} x ${Math.round(height)}`;
    });
}"""
# What of the bar on top lies beside the window.
OUTSIDE = """() => [...document.querySelectorAll("header.bar :is(a, button)")]
  .filter((control) => control.checkVisibility())
  .filter((control) => control.getBoundingClientRect().left < 0
    || control.getBoundingClientRect().right > innerWidth + 0.5)
  .map(({ textContent }) => textContent)"""
# How far the page can be scrolled sideways, in px.
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def world() -> Any:
    """Two drawn images of two persons each."""
    return World({i: drawn_image(i) for i in range(1, 3)})


def open_page(sign_in: Callable[[str], Page], url: str, path: str, **media: Any) -> Page:
    """One of the application's pages as a lead sees it, whole."""
    page = sign_in("lead")
    page.emulate_media(**media)
    page.goto(f"{url}{path}")
    page.wait_for_selector(READY[path], timeout=20_000)
    return page


# ------------------------------------------------------------------------------------------ axe


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("path", READY)
def test_axe_finds_nothing_grave_on_a_page(
    path: str, theme: Any, sign_in: Callable[[str], Page], running_app: Any
) -> None:
    page = open_page(sign_in, running_app.url, path, color_scheme=theme)
    assert grave(findings(page)) == []


@pytest.mark.parametrize("path", READY)
def test_axe_finds_nothing_grave_on_a_page_in_a_narrow_window(
    path: str, sign_in: Callable[[str], Page], running_app: Any
) -> None:
    page = open_page(sign_in, running_app.url, path)
    page.set_viewport_size(PHONE["viewport"])
    assert grave(findings(page)) == []
    assert page.evaluate(OUTSIDE) == [], "entries of the menu that lie beside the screen"


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_grave_on_the_way_in(theme: Any, chromium: Browser, running_app: Any) -> None:
    page = chromium.new_page(color_scheme=theme)
    page.goto(f"{running_app.url}/login")
    assert grave(findings(page)) == []
    page.get_by_label("Name").fill("annotator")
    page.get_by_label("Password").fill("not this one")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert grave(findings(page)) == []
    page.context.close()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("show", STATES, ids=lambda state: state.__name__)
def test_axe_finds_nothing_grave_in_any_state_of_the_editor(
    show: State, theme: str, world: Any, open_editor: Callable[..., Page]
) -> None:
    world.images[1].persons.append(somebody_to_place())
    page = open_editor(world, color_scheme=theme)
    show(page, world)
    assert grave(findings(page)) == []


# ------------------------------------------------------------------------------------------ keyboard and screen reader


def test_tab_goes_through_header_toolbar_image_and_panel_and_out_again(
    sign_in: Callable[[str], Page], running_app: Any
) -> None:
    page = open_page(sign_in, running_app.url, "/annotate/")
    page.get_by_role("link", name="Annotate").focus()
    walked = [page.evaluate(FOCUSED)]
    while walked[-1] != "outside" and len(walked) < 120:
        if walked[-1] == "stage":
            page.keyboard.press("Escape")
        page.keyboard.press("Tab")
        walked.append(page.evaluate(FOCUSED))
    assert [part for part, _ in groupby(walked)] == ["header", "toolbar", "stage", "panel", "outside"]


@pytest.mark.parametrize("path", READY)
def test_every_control_has_a_name_and_the_page_has_landmarks(
    path: str, sign_in: Callable[[str], Page], running_app: Any
) -> None:
    page = open_page(sign_in, running_app.url, path)
    assert nameless(page) == []
    roles = {node["role"]["value"] for node in tree(page)}
    assert {"navigation", "main"} <= roles


@pytest.mark.parametrize("show", STATES[:4], ids=lambda state: state.__name__)
def test_every_control_of_the_editor_has_a_name(show: State, world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    show(page, world)
    assert nameless(page) == []


def tree(page: Page) -> list[dict[str, Any]]:
    """What the browser tells a screen reader, nodes in order."""
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    return [node for node in nodes if not node["ignored"]]


def nameless(page: Page) -> list[str]:
    """The roles of what can be focused and says nothing; a scrolled part says what is in it."""
    spoken = [node for node in tree(page) if node["role"]["value"] not in ("RootWebArea", "generic", "none")]
    return [node["role"]["value"] for node in spoken if can_be_focused(node) and not node.get("name", {}).get("value")]


def can_be_focused(node: dict[str, Any]) -> bool:
    return any(one["name"] == "focusable" and one["value"]["value"] for one in node.get("properties", ()))


def test_what_happens_is_said(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    said = page.locator("pose-editor [aria-live=polite]")
    expect(said).to_have_text(re.compile("Person 1"))
    page.keyboard.press("Tab")
    second = world.skeleton.spoken(world.images[1].persons[0].flags[1]["keypoint"])
    expect(said).to_have_text(re.compile(second, re.IGNORECASE))
    page.keyboard.press("1")
    expect(said).to_have_text(re.compile("hidden"))
    page.keyboard.press("Enter")
    expect(said).to_have_text(re.compile("Person 2"))


def test_the_focus_is_seen_wherever_it_goes(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    unmarked = page.evaluate(
        """() => {
          const { shadowRoot } = document.querySelector("pose-editor");
          return [...shadowRoot.querySelectorAll("button, input, [tabindex='0']")]
            .filter((one) => one.checkVisibility() && !one.disabled)
            .filter((one) => {
              one.focus({ focusVisible: true });
              const marked = getComputedStyle(one), after = getComputedStyle(one, "::after");
              return marked.outlineStyle === "none" && after.borderStyle === "none";
            })
            .map((one) => one.outerHTML.slice(0, 80));
        }"""
    )
    assert unmarked == []


# ------------------------------------------------------------------------------------------ fingers and narrow windows


@pytest.mark.parametrize("device", [PHONE, TABLET], ids=["phone", "tablet"])
@pytest.mark.parametrize("show", [shows_image, shows_looks, shows_reasons], ids=lambda state: state.__name__)
def test_every_control_of_the_editor_is_large_enough_for_a_finger(
    show: State, device: Any, world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world, **device)
    show(page, world)
    assert page.evaluate(SMALL, ["pose-editor", FINGER_PX]) == []


def test_the_editor_fits_a_phone(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world, **PHONE)
    assert page.evaluate(SIDEWAYS) == 0
    page.keyboard.press("?")
    assert page.evaluate(SIDEWAYS) == 0
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Accept person").tap()
    wait(page, "person", "101")


@pytest.mark.parametrize("path", ["/annotate/", "/sheet/"])
def test_every_control_of_the_header_is_large_enough_for_a_finger(
    path: str, sign_in: Callable[[str], Page], running_app: Any
) -> None:
    page = open_page(sign_in, running_app.url, path)
    page.context.new_cdp_session(page).send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    eventually(page, "matchMedia('(pointer: coarse)').matches")
    page.set_viewport_size(PHONE["viewport"])
    assert page.evaluate(SMALL, [None, FINGER_PX]) == []


@pytest.mark.parametrize("device", [PHONE, TABLET, LANDSCAPE], ids=["phone", "tablet", "landscape"])
def test_nothing_in_the_bar_is_cut_off(device: Any, world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world, **device)
    world.down = True
    page.get_by_role("button", name="Accept person").tap()
    expect(page.get_by_role("button", name="Try now")).to_be_in_viewport(ratio=1)
    bar = page.get_by_role("toolbar", name="Editor")
    assert bar.evaluate("(bar) => bar.scrollWidth - bar.clientWidth") == 0
    expect(bar.get_by_role("button", name="These keys")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("path", READY)
def test_a_page_fits_a_phone(path: str, sign_in: Callable[[str], Page], running_app: Any) -> None:
    page = sign_in("lead")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{running_app.url}{path}")
    page.wait_for_selector(READY[path], timeout=20_000)
    eventually(page, f"({SIDEWAYS})() === 0")


def test_a_person_is_added_in_a_window_enlarged_to_400_percent(world: Any, open_editor: Callable[..., Page]) -> None:
    """A window of 320 px is what is left of one of 1280 px."""
    page = open_editor(world, viewport={"width": 320, "height": 700})
    assert page.evaluate(SIDEWAYS) == 0
    page.keyboard.press("f")
    page.keyboard.press("b")
    drag(page, at(page, 20, 20), at(page, 200, 300))
    wait(page, "person", re.compile(r"^[2-9]\d*$"))
    added = page.evaluate("Number(document.querySelector('pose-editor').dataset.person)")
    page.mouse.click(*at(page, 110, 100))
    assert person(page, added)["pose"]["xyv"][0] == pytest.approx([110, 100, 2], abs=2)
