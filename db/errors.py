"""What the store refuses. Every message says what was found, what was wanted and what to do; it may be shown as is."""


class StoreError(Exception):
    """The store refused; nothing was changed."""


class NotFound(StoreError):
    """No such image, person, round or project."""


class NoProject(NotFound):
    """The home has no project: nothing was imported yet."""


class NoStore(StoreError):
    """No store lies where one was to be opened."""


class LeaseLost(StoreError):
    """Another annotator holds the image now."""


class HeldEnough(StoreError):
    """The annotator has as many images at hand as one may."""


class RevisionConflict(StoreError):
    """Somebody decided about the person since the caller last looked."""


class AlreadyReviewed(StoreError):
    """Another reviewer was faster: a label is reviewed once."""


class RoundActive(StoreError):
    """A round is queued or running already; a project has one at a time."""


class RoundOver(StoreError):
    """The round is published, failed or cancelled: nothing more may be written to it."""


class RoundCancelled(RoundOver):
    """Somebody told the round to stop."""


class WorkerLost(StoreError):
    """A worker was not heard of for too long: others have its jobs, and it may write no more."""


class RoundLost(StoreError):
    """Another worker goes on with the round: whoever had it may write no more of it."""


class NameTaken(StoreError):
    """Another account has this name (capitals do not count)."""


class InvalidAccount(StoreError):
    """A name or password that an account may not have."""


class WrongPassword(InvalidAccount):
    """Not the password that the account has."""


class AccountDisabled(StoreError):
    """The name and password belong together; a lead has disabled the account."""


class LastLead(StoreError):
    """Without this lead nobody could make another one."""


class LinkSpent(StoreError):
    """A one-time link that was opened, replaced, or is too old; or never was one."""


class InvalidDecision(StoreError):
    """A decision that contradicts itself, the image or the skeleton."""


class WasDeleted(StoreError):
    """An image that was deleted for good, and may not come in again."""


class AnotherProject(StoreError):
    """The home holds a project with another skeleton."""


class StoreBusy(StoreError):
    """Others were writing for too long; trying again may do."""
