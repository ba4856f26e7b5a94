"""The demo: a home with drawn people, an annotator and a lead, made once and opened again."""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from app.dataset.importing import import_folder
from app.dataset.report import ImportReport
from app.home.home_command import home_command
from app.home.image_files import ImageFiles
from app.home.settings import Settings
from app.processes import job_engine
from db.labelling import probes
from db.people import users
from db.records import Role, Split
from db.store.migrating import filled_tables
from db.store.session import Store, migrate, open_store
from sspcm.whole_files import OWNER_ALONE, write_atomically

DEMO_FOLDER = Path(__file__).resolve().parents[2] / "static" / "demo"
PARTS: tuple[tuple[str, Split], ...] = (("seed", "train"), ("pool", "train"), ("validation", "validation"))
"""The demo's files and their split: labelled seed, pool of boxes, held-out validation. Every scene is another room."""
ACCOUNTS: tuple[tuple[str, Role], ...] = (("annotator", "annotator"), ("lead", "lead"))
ACCOUNTS_FILE = "demo-accounts.json"


class NotADemo(RuntimeError):
    """A home that is somebody's own: the demo adds nothing to it."""


@dataclass(frozen=True)
class DemoHome:
    """A demo home: its accounts' passwords by name, and what its import did."""

    passwords: dict[str, str]
    reports: tuple[ImportReport, ...]

    @property
    def is_new(self) -> bool:
        """Whether it was made just now."""
        return any(report.images_new for report in self.reports)


def ensure_demo_home(settings: Settings) -> DemoHome:
    """Make the demo home, or open the one there is and change nothing. Interrupted, it is completed next time.

    Raises NotADemo, before anything is changed, where somebody's own accounts or images are.
    """
    _require_own(settings)
    settings.home.mkdir(parents=True, exist_ok=True)
    migrate(settings.database_url, copies=settings.home)
    job_engine.prepare(settings)
    store = open_store(settings.database_url)
    passwords = _passwords(settings.home / ACCOUNTS_FILE)
    _ensure_accounts(store, passwords)
    files = ImageFiles(settings.home)
    reports = tuple(
        import_folder(
            store,
            files,
            images_dir=DEMO_FOLDER / "images",
            annotations=DEMO_FOLDER / f"{part}.json",
            group_from="room",
            split=split,
            project_name="Demo: drawn people",
        )
        for part, split in PARTS
    )
    home = DemoHome(passwords, reports)
    if home.is_new:  # whoever looks around is no annotator to look after
        with store.transaction() as tx:
            probes.set_shares(tx, probes.Shares(wrong=0.0, empty=0.0))
    return home


def _require_own(settings: Settings) -> None:
    """A demo home, known by the file of its accounts, or one in which nothing is yet."""
    if (settings.home / ACCOUNTS_FILE).exists():
        return
    found = filled_tables(settings.database_url, ("users", "images"))
    words = [{"users": "accounts"}.get(name, name) for name in found]
    folder = settings.home / "images"
    if not words and folder.is_dir() and any(folder.iterdir()):
        words = ["image files"]
    if words:
        raise NotADemo(
            f"the home {settings.home} has {' and '.join(words)} already and is no demo home; wanted a new one, since "
            "the demo adds its own. Nothing was changed. Give another --home; this one is opened by "
            f"{home_command(settings.home, 'up')}"
        )


def _passwords(path: Path) -> dict[str, str]:
    """The accounts' passwords, generated once and kept for the next `make demo`, readable by the owner alone."""
    if path.exists():
        return {str(name): str(password) for name, password in json.loads(path.read_text()).items()}
    passwords = {name: secrets.token_urlsafe(9) for name, _ in ACCOUNTS}
    write_atomically(path, json.dumps(passwords, indent=1).encode(), mode=OWNER_ALONE)
    return passwords


def _ensure_accounts(store: Store, passwords: dict[str, str]) -> None:
    with store.transaction() as tx:
        known = {user.name for user in users.list_users(tx)}
        for name, role in ACCOUNTS:
            if name not in known:
                users.add_user(tx, name, role, passwords[name])


def welcome(url: str, home: DemoHome, folder: Path) -> str:
    """What `make demo` prints once the page answers."""
    lines = [
        f"Open  {url}",
        "",
        *(f"{name:<10} password  {password}" for name, password in home.passwords.items()),
        "",
        f"Home  {folder}",
        "Ctrl-C stops it; `make demo` opens it again.",
    ]
    width = max(map(len, lines))
    rule = "─" * (width + 2)
    return "\n".join([f"┌{rule}┐", *(f"│ {line:<{width}} │" for line in lines), f"└{rule}┘"])
