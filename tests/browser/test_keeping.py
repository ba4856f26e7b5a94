"""What the browser keeps of an annotator's work, in headless Chromium with its real IndexedDB."""

import re
import runpy
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, expect

from tests.browser.acting import at, drag, eventually, point, screen, selected, wait

pytestmark = pytest.mark.browser
stand_in = runpy.run_path(str(Path(__file__).parent / "editor_server.py"))

KEPT = """(table) => new Promise((resolve) => {
  const request = indexedDB.open("pose-editor", 1);
  request.onsuccess = () => {
    const rows = request.result.transaction(table).objectStore(table).getAll();
    rows.onsuccess = () => { request.result.close(); resolve(rows.result); };
  };
})"""

DROPS_WRITES = """() => {
  const silent = { objectStore: () => ({ put() {}, delete() {} }), commit() {} };
  const { transaction } = IDBDatabase.prototype;
  IDBDatabase.prototype.transaction = function (tables, mode, options) {
    return mode === "readwrite" ? silent : transaction.call(this, tables, mode, options);
  };
}"""

WITHOUT_PROJECT = """() => new Promise((resolve) => {
  const request = indexedDB.open("pose-editor", 1);
  request.onsuccess = () => {
    const transaction = request.result.transaction(["drafts", "letters"], "readwrite");
    for (const table of ["drafts", "letters"]) {
      const cursor = transaction.objectStore(table).openCursor();
      cursor.onsuccess = () => {
        if (!cursor.result) return;
        const { key: [owner, name], value } = cursor.result;
        cursor.result.delete();
        cursor.source.put(value, [owner.split("@")[0], name]);
        cursor.result.continue();
      };
    }
    transaction.oncomplete = () => { request.result.close(); resolve(); };
  };
})"""


@pytest.fixture
def world() -> Any:
    """Four drawn images of two persons each."""
    return stand_in["World"]({i: stand_in["drawn_image"](i) for i in range(1, 5)})


def kept(page: Page, table: str, count: int) -> list[dict[str, Any]]:
    """What lies in a table of the browser's store, once it holds so many."""
    for _ in range(400):
        rows: list[dict[str, Any]] = page.evaluate(KEPT, table)
        if len(rows) == count:
            return rows
        page.wait_for_timeout(50)
    pytest.fail(f"{table}: wanted {count}, found {rows}")


def cut_off(page: Page, path: str) -> None:
    """Let nothing of this page reach a path, and wait until it holds: a key is quicker in the browser than a route."""
    page.route(f"**{path}", lambda route: route.abort())
    eventually(page, f"fetch('{path}').then(() => false, () => true)")


def eventually_kept(page: Page, person: int, nose: list[float]) -> None:
    """Wait until the only draft has somebody's nose there."""
    for _ in range(400):
        (draft,) = kept(page, "drafts", 1)
        if [one["pose"]["xyv"][0] for one in draft["persons"] if one["id"] == person] == [nose]:
            return
        page.wait_for_timeout(50)
    pytest.fail(f"wanted the nose of {person} at {nose}, kept is {draft}")


def draw_box(page: Page) -> None:
    """Add a person with a box."""
    page.keyboard.press("f")
    page.keyboard.press("b")
    drag(page, at(page, 10, 20), at(page, 60, 120))


def pull(page: Page, person: int, step: tuple[float, float]) -> None:
    """Drag somebody's nose."""
    x, y = screen(page, person, "nose")
    drag(page, (x, y), (x + step[0], y + step[1]))


def no_questions(page: Page) -> list[str]:
    """The questions the page asks before it is left; they are answered with yes."""
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    return asked


def test_undo_and_redo_go_on_after_a_reload(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    before, other = point(page, 100, "nose"), point(page, 101, "nose")
    pull(page, 100, (30, 0))
    moved = point(page, 100, "nose")
    page.keyboard.press("Enter")
    wait(page, "person", "101")
    wait(page, "status", "saved")
    pull(page, 101, (0, 20))
    page.reload()
    wait(page, "painted", "1")
    expect(page.get_by_text("Your unsaved edits of person 2 are back")).to_be_visible()
    page.keyboard.press("z")
    assert point(page, 101, "nose") == other
    page.keyboard.press("z")
    wait(page, "person", "100")
    eventually(page, "document.querySelector('pose-editor').desk.persons[0].revision === 2")
    assert (world.persons[100].state, point(page, 100, "nose")) == ("open", moved)
    page.keyboard.press("z")
    assert point(page, 100, "nose") == before
    page.keyboard.press("Control+y")
    assert point(page, 100, "nose") == moved


def test_an_edit_made_while_the_page_already_goes_is_kept(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    x, y, visibility = point(page, 100, selected(page)[1])
    page.evaluate(
        "addEventListener('pagehide', () => document.querySelector('pose-editor').dispatchEvent("
        "new KeyboardEvent('keydown', { key: 'ArrowRight', code: 'ArrowRight' })), { capture: true, once: true })"
    )
    page.reload()
    wait(page, "painted", "1")
    assert point(page, 100, selected(page)[1]) == [x + 1, y, visibility]


def test_what_the_browser_drops_from_its_store_as_the_page_goes_is_kept_all_the_same(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    world.down = True
    page.evaluate(DROPS_WRITES)
    page.keyboard.press("Enter")
    wait(page, "person", "101")
    x, y, visibility = point(page, 101, selected(page)[1])
    page.keyboard.press("ArrowRight")
    page.reload()
    expect(page.get_by_text("One decision waits in this browser, not saved yet").first).to_be_visible()
    world.down = False
    wait(page, "painted", "1")
    wait(page, "status", "draft")
    assert (len(world.saves("accept")), world.persons[100].revision) == (1, 1)
    assert (selected(page)[0], point(page, 101, selected(page)[1])) == (101, [x + 1, y, visibility])
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.includes('last-words'))") == []


def test_a_history_without_edits_comes_back_without_a_word(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    page.keyboard.press("Enter")
    wait(page, "person", "101")
    wait(page, "status", "saved")
    kept(page, "drafts", 1)
    page.reload()
    wait(page, "painted", "1")
    assert selected(page)[0] == 101
    expect(page.get_by_text("Your unsaved edits")).to_be_hidden()
    page.keyboard.press("z")
    wait(page, "person", "100")
    wait(page, "status", re.compile("saved|draft"))
    assert world.persons[100].state == "open"


def test_a_decision_the_server_did_not_hear_survives_a_reload_and_is_saved_once(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    asked = no_questions(page)
    world.down = True
    page.keyboard.press("Enter")
    wait(page, "status", "unsaved")
    (letter,) = kept(page, "letters", 1)
    page.reload()
    expect(page.get_by_text("One decision waits in this browser, not saved yet").first).to_be_visible()
    assert asked == []
    world.down = False
    wait(page, "painted", "1")
    wait(page, "status", "saved")
    (sent,) = world.saves("accept")
    assert (sent["key"], world.persons[100].revision) == (letter["key"], 1)
    wait(page, "image", "1")
    assert selected(page)[0] == 101
    kept(page, "letters", 0)


def test_a_save_whose_answer_the_page_did_not_live_to_hear_is_not_made_twice(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    world.swallow_answers = 1
    page.route("**/api/accept", lambda route: route.continue_() if world.swallow_answers else route.abort())
    page.keyboard.press("Enter")
    wait(page, "status", "unsaved")
    page.unroute("**/api/accept")
    page.reload()
    wait(page, "painted", "1")
    sent = world.saves("accept")
    assert len(sent) >= 2 and all(one == sent[0] for one in sent)
    assert (world.persons[100].revision, selected(page)[0]) == (1, 101)


@contextmanager
def profile(chromium: Browser, folder: Path) -> Iterator[BrowserContext]:
    """A browser of its own whose storage stays in a folder."""
    finder = Path(__file__).parent / "find_chromium.py"
    found = subprocess.run([sys.executable, str(finder)], capture_output=True, text=True, check=True)
    context = chromium.browser_type.launch_persistent_context(
        str(folder), executable_path=found.stdout.strip(), args=["--no-sandbox", "--disable-gpu"],
        viewport={"width": 1280, "height": 860},
    )  # fmt: skip
    context.set_default_timeout(30_000)
    try:
        yield context
    finally:
        context.close()


def kill_browser(folder: Path) -> None:
    """End the browser with this profile at once: no page of it hears of that."""
    started = psutil.Process().children(recursive=True)
    (browser,) = [one for one in started if f"--user-data-dir={folder}" in command_of(one) and not typed(one)]
    for process in [*browser.children(recursive=True), browser]:
        with suppress(psutil.NoSuchProcess):
            process.kill()


def typed(process: psutil.Process) -> bool:
    """Whether this is one of a browser's helpers."""
    return any(argument.startswith("--type=") for argument in command_of(process))


def command_of(process: psutil.Process) -> list[str]:
    """Its command line; nothing of one that has ended meanwhile."""
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []


def test_a_browser_that_is_killed_with_the_page_open_loses_nothing(
    world: Any, chromium: Browser, tmp_path: Path
) -> None:
    with stand_in["serving"](world) as url:
        with profile(chromium, tmp_path) as context:
            page = context.pages[0]
            page.goto(url)
            wait(page, "painted", "1")
            world.down = True
            page.keyboard.press("Enter")
            wait(page, "person", "101")
            pull(page, 101, (0, 20))
            moved = point(page, 101, "nose")
            kept(page, "letters", 1)
            eventually_kept(page, 101, moved)
            with context.expect_event("close"):
                kill_browser(tmp_path)
        assert world.log == []
        world.down = False
        with profile(chromium, tmp_path) as context:
            page = context.pages[0]
            page.goto(url)
            wait(page, "painted", "1")
            assert [world.persons[100].state, world.persons[100].revision] == ["accepted", 1]
            assert point(page, 101, "nose") == moved
            for person in ("101", "100"):
                page.keyboard.press("z")
                wait(page, "person", person)


def test_two_tabs_that_send_the_same_decision_save_it_once(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    cut_off(page, "/api/accept")
    page.keyboard.press("Enter")
    wait(page, "status", "unsaved")
    other = page.context.new_page()
    other.goto(page.url)
    wait(other, "painted", "1")
    assert (world.persons[100].revision, selected(other)[0]) == (1, 101)
    page.unroute("**/api/accept")
    page.bring_to_front()
    eventually(
        page,
        "() => { dispatchEvent(new Event('online'));"
        " return document.querySelector('pose-editor').dataset.status === 'saved'; }",
    )
    one, two = world.saves("accept")
    assert one == two
    assert world.persons[100].revision == 1
    page.keyboard.press("Enter")
    wait(page, "image", "2")
    wait(page, "status", "saved")
    assert world.persons[101].revision == 1


def test_an_image_open_in_another_tab_is_told(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    expect(page.get_by_text("open in another tab")).to_be_hidden()
    pull(page, 100, (0, 20))
    eventually_kept(page, 100, point(page, 100, "nose"))
    other = page.context.new_page()
    other.goto(page.url)
    expect(
        other.get_by_text(re.compile("edits of person 1 are back. This image is open in another tab"))
    ).to_be_visible()
    other.get_by_role("button", name="Keep them").click()
    page.close()
    eventually(other, "navigator.locks.query().then(({ held }) => !held.length)")
    other.reload()
    wait(other, "painted", "1")
    expect(other.get_by_text("edits of person 1 are back")).to_be_visible()
    expect(other.get_by_text("open in another tab")).to_be_hidden()


def test_what_waits_for_one_project_stays_out_of_another_that_took_its_address(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    world.down = True
    pull(page, 100, (30, 0))
    page.keyboard.press("Enter")
    wait(page, "status", "unsaved")
    kept(page, "letters", 1)
    address = page.url
    page.goto("about:blank")  # a page that stays would send it itself once the server answers
    world.project, world.down = "another", False
    page.goto(address)
    wait(page, "painted", "1")
    wait(page, "status", "saved")
    assert (world.saves("accept"), selected(page)[0]) == ([], 100)
    expect(page.get_by_text("unsaved edits")).to_be_hidden()
    world.project = "drawn"
    page.reload()
    wait(page, "person", "101")
    wait(page, "status", "saved")
    assert len(world.saves("accept")) == 1


def test_another_project_that_comes_while_the_page_is_open_is_told_with_the_way_on(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    world.project = "another"
    world.refusals.append((403, "csrf", "stale"))
    page.keyboard.press("Enter")
    wait(page, "status", "unsaved")
    expect(page.get_by_text("Not saved: another project is here now.").first).to_be_visible()
    expect(page.get_by_text("it stays in this browser. Reload the page to work on this one.").first).to_be_visible()
    page.get_by_role("button", name="Reload the page").click()
    wait(page, "painted", "1")
    wait(page, "status", "saved")
    assert ([person.state for person in world.images[1].persons], selected(page)[0]) == (["open", "open"], 100)


def test_work_begun_on_a_page_that_was_open_before_the_first_import_is_the_projects(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    images = dict(world.images)
    world.images.clear()
    world.project = None
    page = open_editor(world, painted=False)
    expect(page.get_by_role("heading", name="Nothing left to do")).to_be_visible()
    world.images.update(images)
    world.project = "drawn"
    page.get_by_role("button", name="Check again").click()
    wait(page, "painted", "1")
    pull(page, 100, (30, 0))
    moved = point(page, 100, "nose")
    eventually_kept(page, 100, moved)
    page.reload()
    wait(page, "painted", "1")
    assert point(page, 100, "nose") == moved


def test_what_an_earlier_version_of_the_page_kept_is_sent_too(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    page.keyboard.press("Enter")
    wait(page, "status", "saved")
    world.down = True
    pull(page, 101, (30, 0))
    moved = point(page, 101, "nose")
    page.keyboard.press("Enter")
    wait(page, "status", "unsaved")
    kept(page, "letters", 1)
    page.evaluate(WITHOUT_PROJECT)
    address = page.url
    page.goto("about:blank")
    world.down = False
    page.goto(address)
    wait(page, "image", "2")
    wait(page, "status", "saved")
    assert [one["person_id"] for one in world.saves("accept")] == [100, 101]
    assert world.saves("accept")[1]["xyv"][0] == moved
    kept(page, "letters", 0)


def test_a_decision_refused_after_a_reload_is_told_by_name_and_its_edits_are_there(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    pull(page, 100, (30, 0))
    moved = point(page, 100, "nose")
    world.down = True
    page.keyboard.press("Enter")
    wait(page, "status", "unsaved")
    kept(page, "letters", 1)
    page.reload()
    world.refusals.append((409, "lease_lost", "Bob held this image."))
    world.down = False
    wait(page, "painted", "1")
    expect(
        page.get_by_text(
            "Person 1 of frame_00001.jpg was not saved: Bob held this image. Its edits are kept: open the image"
        )
    ).to_be_visible()
    assert (world.persons[100].state, point(page, 100, "nose")) == ("open", moved)


def test_somebody_added_whose_save_waited_is_there_after_a_reload_with_what_was_placed(
    world: Any, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(world)
    world.down = True
    draw_box(page)
    wait(page, "status", "unsaved")
    page.mouse.click(*at(page, 30, 40))
    page.wait_for_timeout(400)
    page.reload()
    world.down = False
    wait(page, "painted", "1")
    assert point(page, 402, "nose") == pytest.approx([30, 40, 2], abs=0.6)
    assert len(world.saves("persons")) == 1
    for _ in range(2):
        page.keyboard.press("z")
    wait(page, "status", "saved")
    assert world.persons[402].state == "not_a_person"


def test_what_waits_does_not_keep_an_image_from_being_left(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    wait(page, "ahead", "2")
    world.down = True
    for _ in range(2):
        page.keyboard.press("Enter")
    wait(page, "image", "2")
    page.keyboard.press("Enter")
    wait(page, "person", "201")
    kept(page, "letters", 3)
    page.reload()
    world.down = False
    wait(page, "painted", "1")
    wait(page, "image", "2")
    assert [body["person_id"] for body in world.saves("accept")] == [100, 101, 200]
    assert [row["persons"][0]["id"] for row in kept(page, "drafts", 1)] == [200]


def test_a_browser_that_keeps_nothing_says_so_and_asks_before_the_page_is_left(world: Any, chromium: Browser) -> None:
    with stand_in["serving"](world) as url:
        context = chromium.new_context(viewport={"width": 1280, "height": 860})
        context.add_init_script(
            "Object.defineProperty(window, 'indexedDB',"
            " { get() { throw new DOMException('The operation is insecure.', 'SecurityError'); } });"
        )
        page = context.new_page()
        asked = no_questions(page)
        page.goto(url)
        wait(page, "painted", "1")
        expect(page.get_by_text("This browser could not keep your work (SecurityError")).to_be_visible()
        pull(page, 100, (30, 0))
        expect(page.get_by_text("This browser can keep no more of your work")).to_be_visible()
        page.reload()
        assert asked == ["beforeunload"]
        context.close()


def test_drafts_of_the_page_before_this_version_are_found(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    pose = page.evaluate("document.querySelector('pose-editor').desk.persons[0].pose")
    pose["xyv"][0] = [77, 66, 2]
    del pose["undecided"]
    page.evaluate(
        "(pose) => localStorage.setItem('pose-editor/draft/ann/1', JSON.stringify({ version: 1, at: Date.now(),"
        " persons: [{ id: 100, revision: 0, pose, start: 'student 7' }] }))",
        pose,
    )
    page.reload()
    wait(page, "painted", "1")
    expect(page.get_by_text("Your unsaved edits of person 1 are back")).to_be_visible()
    assert point(page, 100, "nose") == [77, 66, 2]
    assert page.evaluate("localStorage.getItem('pose-editor/draft/ann/1')") is None


SAME_WORK = """async () => {
  const { MemoryStore, openStore } = await import("/assets/editor/keeping/store.js");
  const told = [];
  for (const store of [new MemoryStore(), await openStore()]) {
    const said = [];
    for (const [owner, name, at] of [["ann", 10, 5], ["ann", 9, 1], ["bob", 9, 2], ["anna", 1, 3]]) {
      await store.put("drafts", [owner, name], { at, xyv: [[1, 2, at]] });
    }
    said.push(store.isKept, store.why, await store.all("drafts", "ann"), await store.count("drafts"));
    await store.change("drafts", ["ann", 9], (there) => ({ ...there, more: 1 }));
    await store.change("drafts", ["ann", 10], () => undefined);
    await store.change("drafts", ["ann", 11], (there) => there);
    await store.change("drafts", ["ann", 12], (there) => there ?? { at: 9 });
    said.push(await store.all("drafts", "ann"), await store.get("drafts", ["ann", 11]) === undefined);
    await store.sweep("drafts", ({ at }) => at < 3);
    await store.remove("drafts", ["anna", 1]);
    const pose = {};
    await store.put("letters", ["ann", "k"], { one: pose, two: pose });
    const letter = await store.get("letters", ["ann", "k"]);
    said.push(await store.all("drafts", "ann"), await store.count("drafts"), letter.one === letter.two);
    await store.remove("letters", ["ann", "k"]);
    await store.remove("drafts", ["ann", 12]);
    const unkeepable = store.put("drafts", ["ann", 1], { act: () => {} });
    said.push(await unkeepable.then(() => "kept", (error) => error.message.includes("could not be cloned")));
    told.push(JSON.stringify(said));
  }
  return told;
}"""


def test_the_store_in_memory_does_what_the_browsers_does(world: Any, open_editor: Callable[..., Page]) -> None:
    page = open_editor(world)
    in_memory, in_browser = page.evaluate(SAME_WORK)
    assert in_memory == in_browser
    assert in_browser.endswith("true]")
    assert '[true,"",[{"at":1,"xyv":[[1,2,1]]},{"at":5,"xyv":[[1,2,5]]}],4' in in_browser
