"""The settings that a launch begins from where nobody says: the same on the lead's page and on the command line.

They are the last launched round's: a home's people, cameras and machine stay what they are. A round on an imported
pose model goes on from the networks of the published round; the preset "imported" begins anew from the model. Before
any round they are the preset "imported" where the home has a pose model that a round here can begin from, else "demo":
its rounds take minutes on any machine and start from weights that know people seen from above, where "standard" starts
at random and takes hours without a GPU. Who has a GPU says --preset standard once; the home keeps it.

Where no round can begin from the home's newest pose model, what it says of unlabelled people teaches instead, whatever
the preset: half of each labelled batch has its predictions as pseudo-labels (docs/adr/0036).
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.home.model_files import KeptModel, ModelFiles
from app.rounds.starting_weights import MODELS, model_name, round_name
from db.pool.project import get_project, project_uuid
from db.rounds import rounds
from db.store.session import Store
from sspcm.config import IMPORTED, PRESETS, ConfigError, RankingConfig, RoundConfig, merge
from sspcm.plain import merged
from sspcm.pose_models.layouts import PoseModelError
from sspcm.pose_models.trainable import trainable_settings

FIRST = "demo"
_USUAL_BEFORE = (3, 0.3)
"""ranking.top_keypoints and ranking.flag_above of rounds until persons became the mean over all their keypoints."""


PSEUDO_SHARE = 0.5
"""train.pseudo_share where the home's newest model teaches by its predictions alone."""
_TOLD = 3
"""Of models that were passed over, in a message: the newest."""


@dataclass(frozen=True)
class UsualSettings:
    """What a launch begins from, and where that comes from, in words.

    passed_over: why not from newer pose models of the home, in sentences; "" where there are none. pseudo_labels: that
    the newest one's predictions teach instead, in words; "" where they do not.
    """

    config: RoundConfig
    told: str
    is_a_rounds: bool = False
    passed_over: str = ""
    pseudo_labels: str = ""


@dataclass(frozen=True)
class Found:
    """The newest of a home's pose models that a round here can begin from, with its settings over the preset; None
    where none can. passed_over: why not the newer ones, in sentences. newest: the first of them; "" where none was."""

    model: KeptModel | None
    settings: dict[str, Any]
    passed_over: str
    newest: str = ""


def usual_settings(store: Store, home: Path) -> UsualSettings:
    """The last launched round's settings; a preset's before any, or where today's limits refuse them."""
    with store.reading() as tx:
        newest = [one for one in rounds.latest(tx, 1000) if one.twin_of is None][:1]  # a twin's are nobody's choice
        published = get_project(tx).published_round if newest else None
        shown = rounds.get(tx, published) if published is not None else None
    if not newest:
        return first_settings(store, home)
    try:
        config = RoundConfig.from_toml(newest[0].config_toml)
    except ConfigError:
        return first_settings(store, home)
    told = f"the settings of round {newest[0].number}"
    if config.model.backbone == IMPORTED and shown is not None and _is_imported(shown.config_toml):
        model = replace(config.model, weights=round_name(shown.number), weights_b="")
        told = f"{told}, going on from the networks of round {shown.number}"
        return UsualSettings(replace(_ranked_as_today(config), model=model), told, True)
    if _has_something_better(store, home, config):
        return first_settings(store, home)
    return UsualSettings(_ranked_as_today(config), told, True)


def first_settings(store: Store, home: Path) -> UsualSettings:
    """What a home without a round begins with."""
    found = trainable_model(store, home)
    return _imported(found, home) or _preset(FIRST, found)


def trainable_model(store: Store, home: Path) -> Found:
    """The newest of the home's pose models that a round with its skeleton can begin from, as far as files declare."""
    keypoints, refused, models = _keypoints(store), [], ModelFiles(home).newest_first()
    for model in models:
        try:
            settings = trainable_settings(model.trains_from, name=model.name, keypoints=keypoints)
        except PoseModelError as error:
            refused.append(str(error))
        else:
            return Found(model, settings, _sentences(refused), models[0].name if refused else "")
    return Found(None, {}, _sentences(refused), models[0].name if refused else "")


def wanted_model(found: Found, what: str) -> str:
    """That a home has no such model: what was found, what is wanted. what: who wants it, as in "the preset wants"."""
    return (
        f"this home has no pose model that can be trained; {what} one (MoveNet, top-down heatmaps or SimCC). "
        f"{found.passed_over}"
    ).rstrip()


def _keypoints(store: Store) -> tuple[str, ...]:
    """The home's; none before it has images."""
    with store.reading() as tx:
        return () if project_uuid(tx) is None else get_project(tx).skeleton.keypoints


def _sentences(refused: list[str]) -> str:
    older = len(refused) - _TOLD
    more = [f"{older} older {'one' if older == 1 else 'ones'} cannot be trained either."] if older > 0 else []
    return " ".join([*refused[:_TOLD], *more])


def _has_something_better(store: Store, home: Path, config: RoundConfig) -> bool:
    """The demo's weights, which nobody chose while there was nothing better; a model that no round can begin from."""
    name = config.model.weights
    if name == FIRST:
        return trainable_model(store, home).model is not None
    named = ModelFiles(home).find(name.removeprefix(MODELS)) if name.startswith(MODELS) else None
    if config.model.backbone != IMPORTED or named is None:
        return False
    try:
        trainable_settings(named.trains_from, name=named.name, keypoints=_keypoints(store))
    except PoseModelError:
        return True
    return False


def _is_imported(config_toml: str) -> bool:
    return RoundConfig.recalled(config_toml).model.backbone == IMPORTED


def _imported(found: Found, home: Path) -> UsualSettings | None:
    """The preset "imported" with that model."""
    model = found.model
    if model is None:
        return None
    newest = ModelFiles(home).find(model.name)
    is_the_names = newest is not None and newest.sha256 == model.sha256
    weights = model_name(model) if is_the_names else f"{MODELS}{model.sha256}"
    named = merged(found.settings, {"model": {"weights": weights}})
    told = f"the preset '{IMPORTED}' with {model.name}"
    return _taught(UsualSettings(merge(PRESETS[IMPORTED], named), told, passed_over=found.passed_over), found)


def _preset(name: str, found: Found) -> UsualSettings:
    return _taught(UsualSettings(PRESETS[name], f"the preset '{name}'", passed_over=found.passed_over), found)


def _taught(usual: UsualSettings, found: Found) -> UsualSettings:
    """With what the newest model says as pseudo-labels, where it was passed over."""
    if not found.newest:
        return usual
    told = (
        f"What {found.newest} predicts teaches instead, as pseudo-labels: {100 * PSEUDO_SHARE:.0f} % of each labelled "
        "batch are people without a label whom it predicted (train.pseudo_share)."
    )
    config = merge(usual.config, {"train": {"pseudo_share": PSEUDO_SHARE}})
    return replace(usual, config=config, pseudo_labels=told)


def _ranked_as_today(config: RoundConfig) -> RoundConfig:
    """A round that said nothing of its ranking wrote down what was usual then: its like ranks as is usual now."""
    usual = RankingConfig()
    if (config.ranking.top_keypoints, config.ranking.flag_above) != _USUAL_BEFORE:
        return config
    ranking = replace(config.ranking, top_keypoints=usual.top_keypoints, flag_above=usual.flag_above)
    return replace(config, ranking=ranking)


def begin_from(store: Store, home: Path, preset: str | None) -> UsualSettings:
    """The settings of a preset; without one the usual ones. Raises ConfigError where the preset wants a pose model."""
    return usual_settings(store, home) if preset is None else preset_settings(store, home, preset)


def preset_settings(store: Store, home: Path, name: str) -> UsualSettings:
    """A preset's. Raises ConfigError."""
    found = trainable_model(store, home)
    if name != IMPORTED:
        return _preset(name, found)
    usual = _imported(found, home)
    if usual is None:
        raise ConfigError(
            f"{wanted_model(found, f'the preset {name!r} wants')} Give one on the lead's page or by "
            "`prelabel MODEL.onnx`, or choose another preset."
        )
    return usual
