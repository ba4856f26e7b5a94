"""What is in a home, and what came of a file of labels."""

from app.contract.base import Payload


class CountsPayload(Payload):
    """How many images and persons there are in all; states without a split are those of the train images.

    images_open: where annotators still have work, validation images too.
    """

    images: int
    images_open: int
    images_validation: int
    persons: int
    persons_open: int
    persons_accepted: int
    persons_imported: int
    persons_skipped: int
    persons_not_a_person: int
    persons_validation: int
    persons_validation_open: int
    persons_validation_accepted: int


class LabelsTakenPayload(Payload):
    """What a file of labels brought. told: in words; complaints: what was left out, and why."""

    images_known: int
    told: str
    complaints: list[str]
