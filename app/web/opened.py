"""A home that the server has opened: what its routes work on."""

from dataclasses import dataclass

from app.home.image_files import ImageFiles
from app.home.model_files import ModelFiles
from app.home.settings import Settings
from app.processes.job_engine import Engine
from app.sheet.thumbs import Thumbs
from db.store.session import Store


@dataclass(frozen=True)
class OpenHome:
    """One home's settings, store, files and job engine."""

    settings: Settings
    store: Store
    engine: Engine
    files: ImageFiles
    models: ModelFiles
    thumbs: Thumbs

    @classmethod
    def of(cls, settings: Settings, store: Store) -> "OpenHome":
        """The home in its folder; the store must be migrated."""
        folder = settings.home
        return cls(settings, store, Engine(settings), ImageFiles(folder), ModelFiles(folder), Thumbs(folder))
