"""Agreement: how people differ who label the same persons, and the sigmas that this makes of keypoints."""

from typing import Annotated, Literal

from pydantic import Field

from app.contract.base import Message, Payload


class ChangeAgreementMessage(Message):
    """What is changed: how many of all people are labelled twice; or sigmas are adopted, or taken back."""

    do: Literal["share", "adopt", "take_back"]
    twice: Annotated[float, Field(ge=0, le=1)] | None = None


class AgreedPayload(Payload):
    """How far two labellings agree: of whom or when. oks: mean over persons, with its 95 % interval over images.

    visibility_kappa: Cohen's of absent, hidden, visible. null: too few to say.
    """

    name: str
    persons: int
    oks: float | None
    low: float | None
    high: float | None
    visibility_kappa: float | None


class AgreedKeypointPayload(Payload):
    """One keypoint. pairs: persons in whom both placed it. sigma, low, high: fitted, with the 95 % interval.

    is_enough: whether there are enough persons to adopt it. kinds: how many persons differ in which way.
    """

    name: str
    pairs: int
    oks: float | None
    visibility_kappa: float | None
    sigma_now: float
    sigma: float | None
    low: float | None
    high: float | None
    is_enough: bool
    kinds: dict[str, int]


class AdoptedPayload(Payload):
    """Fitted sigmas that are in use, and who adopted them."""

    by: str
    at: str


class AgreementPayload(Payload):
    """Everything that people labelled twice tell. missing: how many more until sigmas can be fitted; waiting: people
    who wait for a second annotator; otherwise: whom one of two labelled and the other did not."""

    twice: float
    words: str
    persons: int
    missing: int
    waiting: int
    otherwise: int
    everybody: AgreedPayload
    by_pair: list[AgreedPayload]
    by_week: list[AgreedPayload]
    keypoints: list[AgreedKeypointPayload]
    kinds: dict[str, int]
    can_adopt: bool
    adopted: AdoptedPayload | None
