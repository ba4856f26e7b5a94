"""What is wrong with what was asked for, and said in one line. Asked for only once something went wrong."""

from sspcm.config import ConfigError
from sspcm.cutting import CropError
from sspcm.errors import CheckpointError, TrainingError
from sspcm.evaluation.prediction_files import EvaluationError
from sspcm.formats.coco.reading import CocoError
from sspcm.manifest import RoundError
from sspcm.pose_models.layouts import PoseModelError
from sspcm.simulation.people import SimulationError
from sspcm.skeletons.skeleton import SkeletonError

ERRORS = (
    RoundError,
    ConfigError,
    CropError,
    CocoError,
    CheckpointError,
    TrainingError,
    EvaluationError,
    SkeletonError,
    PoseModelError,
    SimulationError,
    OSError,
)
