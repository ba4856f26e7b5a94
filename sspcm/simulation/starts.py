"""Which network annotators begin from after a round: the product's own rule, asked on validation people."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Int

from sspcm.evaluation.choosing import Difference, compare, is_worse
from sspcm.simulation.acquisition import Source
from sspcm.simulation.people import Everybody


@dataclass(frozen=True, eq=False)
class InUse:
    """The imported model, the last published round's student if there is one, and which of the two starts come from."""

    model: Source
    published: Source | None = None
    from_student: bool = False

    @property
    def starts(self) -> Source:
        """What annotators begin from."""
        return self.published if self.published is not None and self.from_student else self.model

    @property
    def order(self) -> Source:
        """By whom the pool is ordered: the published round, else the imported model."""
        return self.published or self.model

    def taught_by(
        self, everybody: Everybody, labelled: Int[np.ndarray, "L"], validation: Int[np.ndarray, "V"]
    ) -> "InUse":
        """Both networks' visibilities as the labels so far teach them; the student learned from the labelled."""
        model = self.model.taught_by(everybody, np.concatenate([labelled, validation]))
        return replace(self, model=model, published=self.published and self.published.taught_by(everybody, validation))


def after_round(in_use: InUse, student: Source, everybody: Everybody, validation: Int[np.ndarray, "V"]) -> InUse:
    """Once a round has ended: its student is published unless it is worse than what is in use, and begun from once it
    is surely better than the imported model; the same test takes it back."""

    def over(first: Source, second: Source) -> Difference:
        one, other = (everybody.oks(source.xyc, validation) for source in (first, second))
        return compare(one, other, everybody.image[validation])

    against = over(in_use.starts, student)
    if is_worse(against, validation=against):
        return in_use
    gain, loss = over(student, in_use.model), over(in_use.model, student)
    stays = in_use.from_student and not loss.is_surely_higher
    return replace(in_use, published=student, from_student=stays or gain.is_surely_higher)
