"""What keeps a round from being launched or from going on, as a message."""


class LearningError(RuntimeError):
    """A round that cannot be launched or cannot go on; the message may be shown as it is."""
