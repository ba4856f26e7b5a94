"""The home's skeleton."""

import argparse
from typing import TYPE_CHECKING

from app.cli.console import answer
from app.cli.options import Subparsers, add_json, command, group

if TYPE_CHECKING:
    from app.home.settings import Settings


def add_skeleton(several: "Subparsers[argparse.ArgumentParser]") -> None:
    """The commands `skeleton ...`."""
    actions = group(several, "skeleton", help="the home's keypoints: which are left and right, how they join")
    add_json(
        command(actions, "show", example="skeleton show", help="keypoints, pairs, sigmas, edges"),
        run=skeleton_show,
        name="skeleton show",
    )
    change = command(
        actions,
        "set",
        example="skeleton set coco-17",
        help="another mirror, edges, sigmas or name for the same keypoints",
    )
    source = change.add_mutually_exclusive_group(required=True)
    source.add_argument("skeleton", nargs="?", metavar="FILE", help="a .toml or .json file, or a built-in name")
    source.add_argument("--by-name", action="store_true", help="pair left and right by the keypoints' names")
    add_json(change, run=skeleton_set, name="skeleton set")


def skeleton_show(settings: "Settings", options: argparse.Namespace) -> int:
    """The home's skeleton."""
    from app.cli.store import known_store
    from app.home import skeletons
    from db.pool import project

    with known_store(settings) as store, store.reading() as tx:
        own = project.get_project(tx).skeleton
    answer(skeletons.shown(own), as_json=options.json, plain=lambda: skeletons.tell(own))
    return 0


def skeleton_set(settings: "Settings", options: argparse.Namespace) -> int:
    """Another mirror, other edges, sigmas or another name for the home's keypoints."""
    from app.cli.store import known_store
    from app.home import skeletons

    with known_store(settings) as store:
        own, changes = skeletons.change(store, skeletons.chosen(options, store))
    answer(
        {"changed": changes, "skeleton": skeletons.shown(own)},
        as_json=options.json,
        plain=lambda: skeletons.tell_changes(own, changes),
    )
    return 0
