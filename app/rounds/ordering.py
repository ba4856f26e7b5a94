"""The queue between rounds: it follows what annotators begin from, and learns from corrections as they come."""

from dataclasses import replace

from app.home.image_files import ImageFiles
from app.pool.blind_places import blind_entries
from app.pool.judging import judge_predicted
from app.pool.order_figures import note_figures, read_figures
from app.pool.ordering import COPIES_AGREE, TEACHERS_AGREE, rank_before_rounds
from app.rounds.evidence import Source
from app.rounds.scoring import rank_open
from app.rounds.starts import are_more, in_use
from db.pool.persons import list_persons
from db.pool.project import get_project, project_uuid, set_starts
from db.records import RankingEntry, RoundRecord, StartsChoice
from db.rounds import evidence, predictions, rankings, rounds
from db.store.session import Store
from sspcm.config import RoundConfig
from sspcm.ranking.corrections import LEAST_PERSONS


class Order:
    """Looks whether the queue is to be made anew. A home before rounds, and one with a published round."""

    def __init__(self, store: Store, files: ImageFiles) -> None:
        self._store, self._files = store, files
        self._fitted_on = 0

    def again_if_due(self) -> bool:
        """Make it anew where annotators begin from another network than it goes by, or where it goes by an imported
        model of whom a quarter more people are corrected, from 25 on. Whether so."""
        with self._store.reading() as tx:
            if project_uuid(tx) is None:
                return False
            project, source = get_project(tx), in_use(tx)
            number, corrected = project.published_round, evidence.count_corrected(tx)
            record = None if number is None else rounds.get(tx, number)
        if source is None:
            return False
        is_another = record is not None and project.starts.ordered_by not in (None, source.kind)
        if not is_another and not self._teaches_more(source, corrected):
            return False
        self._fitted_on = corrected
        if record is None:
            note_figures(self._files.home, judge_predicted(self._store, self._files).measured)
            rank_before_rounds(self._store, self._files)
        else:
            self._rank_again(record, source)
        return True

    def _teaches_more(self, source: Source, corrected: int) -> bool:
        last = (read_figures(self._files.home) or {}).get("persons") or 0
        return source.kind == "imported" and are_more(corrected, max(last, self._fitted_on), least=LEAST_PERSONS)

    def _rank_again(self, record: RoundRecord, source: Source) -> None:
        """The published round's queue, unless another round is published meanwhile."""
        with self._store.reading() as tx:
            starts = replace(get_project(tx).starts, overridden=source.kind)
        entries = ranked_by(self._store, self._files, record, starts)
        with self._store.transaction() as tx:
            project = get_project(tx)
            if project.published_round == record.number:
                rankings.replace_current(tx, entries + blind_entries(tx, entries))
                set_starts(tx, replace(project.starts, ordered_by=source.kind))


def ranked_by(store: Store, files: ImageFiles, record: RoundRecord, starts: StartsChoice) -> list[RankingEntry]:
    """The open images by the scores of the network that these starts are from, with the round's settings.

    An imported model's are learnt anew from the corrections so far.
    """
    is_model = starts.source == "imported"
    if is_model:
        note_figures(files.home, judge_predicted(store, files).measured)
    with store.reading() as tx:
        shown = replace(get_project(tx), published_round=record.number, starts=starts)
        waiting = [one.id for one in list_persons(tx, split="train") if one.state == "open"]
        scores = predictions.shown_scores(tx, waiting, shown)
    config = RoundConfig.recalled(record.config_toml)
    return rank_open(store, files, config, scores, unflagged=COPIES_AGREE if is_model else TEACHERS_AGREE)
