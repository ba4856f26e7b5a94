"""The home's skeleton as commands and pages show it, and its mirror, edges, sigmas and name corrected."""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.home.home_command import home_command
from db.errors import NotFound
from db.pool import project
from db.store.session import Store
from sspcm.skeletons.sides import mirror_by_name, unpaired_sides
from sspcm.skeletons.skeleton import Skeleton, SkeletonError, get_skeleton, say_pairs


def shown(skeleton: Skeleton) -> dict[str, Any]:
    """Plain data that `skeleton set` reads again, with the number of pairs and the names that lack a partner."""
    return {
        **skeleton.to_json(),
        "pairs": skeleton.pairs,
        "no_partner": list(unpaired_sides(skeleton.keypoints, skeleton.mirror)),
    }


def tell(skeleton: Skeleton) -> Iterator[str]:
    """The skeleton in lines: every keypoint with its number, partner and sigma."""
    yield f"{skeleton.name}: {len(skeleton)} keypoints, {say_pairs(skeleton.pairs)}, {len(skeleton.edges)} edges"
    for i, name in enumerate(skeleton.keypoints):
        partner = skeleton.mirror[i]
        said = f"<-> {skeleton.keypoints[partner]}" if partner != i else ""
        yield f"{i:>4}  {name:<24} {said:<28} sigma {skeleton.sigmas[i]:g}"
    yield from _tell_partnerless(skeleton)


def chosen(options: argparse.Namespace, store: Store) -> Skeleton:
    """What the options ask for: a file's or built-in skeleton, or the home's own with left and right paired by name.

    Raises SkeletonError, NotFound.
    """
    if not options.by_name:
        return get_skeleton(options.skeleton)
    with store.reading() as tx:
        own = project.get_project(tx).skeleton
    paired = replace(own, mirror=mirror_by_name(own.keypoints))
    if not paired.pairs:
        raise SkeletonError(
            f"these names tell no left from right ({', '.join(own.keypoints):.300}); wanted at least one pair. Give a "
            "file with a mirror: skeleton show --json prints one to correct."
        )
    return paired


def change(store: Store, skeleton: Skeleton) -> tuple[Skeleton, list[str]]:
    """The home's skeleton set: as it is now, and what changed. Raises StoreError."""
    with store.transaction() as tx:
        before, after = project.set_skeleton(tx, skeleton)
    return after, list(_tell_changes(before, after))


def tell_changes(skeleton: Skeleton, changes: list[str]) -> Iterator[str]:
    """What changed, and from when it counts."""
    yield from changes or ["nothing changed: the home's skeleton is as wanted"]
    if changes:
        yield "It counts from the next round, and in the editor from the next image. Labels and predictions stay."
    yield from _tell_partnerless(skeleton)


def hint_of(store: Store, home: Path) -> str | None:
    """`pairing_hint` of a home, with the command that mends it; None where there is no project yet."""
    try:
        with store.reading() as tx:
            own = project.get_project(tx).skeleton
    except NotFound:
        return None
    return pairing_hint(own, home_command(home, "skeleton", "set", "--by-name"))


def pairing_hint(skeleton: Skeleton, command: str) -> str | None:
    """One sentence where the mirror exchanges nothing although names have sides; None where all is well.

    command: what sets the pairs of this home.
    """
    if skeleton.pairs:
        return None
    possible = sum(partner > i for i, partner in enumerate(mirror_by_name(skeleton.keypoints)))
    if not possible:
        return None
    return (
        f"left and right are not told apart: 0 of {say_pairs(possible)} are set, so half of what a round sees in a "
        f"mirror is taught the wrong way round. Run: {command}"
    )


def _tell_changes(before: Skeleton, after: Skeleton) -> Iterator[str]:
    if before.name != after.name:
        yield f"name: {before.name} -> {after.name}"
    if before.mirror != after.mirror:
        yield f"mirror: {before.pairs} -> {say_pairs(after.pairs)}"
    if before.edges != after.edges:
        yield f"edges: {len(before.edges)} -> {len(after.edges)}"
    sigmas = zip(before.sigmas, after.sigmas, after.keypoints, strict=True)
    apart = [(one, other, name) for one, other, name in sigmas if one != other]
    if apart:
        one, other, name = apart[0]
        yield f"sigmas: {len(apart)} of {len(after)}, as {name}'s: {one:g} -> {other:g}"


def _tell_partnerless(skeleton: Skeleton) -> Iterator[str]:
    names = unpaired_sides(skeleton.keypoints, skeleton.mirror)
    if names:
        yield f"no partner for: {', '.join(map(repr, names))}"
