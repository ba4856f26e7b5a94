"""What goes wrong with networks and their training, named where nothing has to be loaded to catch it."""


class CheckpointError(ValueError):
    """Weights that cannot be read, or that belong to other networks or another skeleton."""


class TrainingError(ValueError):
    """Persons that cannot be trained on, or a training that diverged."""


class ExportError(ValueError):
    """A network that cannot be exported, or an export that does not say what the network says."""
