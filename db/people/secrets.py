"""Hashes of what people and programs prove themselves with; nothing of it is stored in clear."""

import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from db.errors import InvalidAccount

PASSWORD_LENGTH = 8
LONGEST_PASSWORD = 1000
# Of a random password nobody has. Verifying against it takes as long as verifying a real account's.
NOBODYS_HASH = "$argon2id$v=19$m=19456,t=2,p=1$KDxSyIEG7sN8fjJ4VyxevA$7bA+UILn1E31/fDGRC/PP5+HiOg4IAk2jGzPRdPG5YU"


def new_secret() -> str:
    """256 random bits, as text that fits into an address."""
    return secrets.token_urlsafe(32)


def hash_of_secret(secret: str) -> str:
    """Such a secret has 256 random bits, so a plain hash is as good as a slow one."""
    return hashlib.sha256(_bytes(secret)).hexdigest()


def hash_of_password(password: str) -> str:
    """Argon2id. Raises InvalidAccount where it is too short or too long."""
    if not PASSWORD_LENGTH <= len(password) <= LONGEST_PASSWORD:
        word = "longer" if len(password) < PASSWORD_LENGTH else "shorter"
        raise InvalidAccount(
            f"the password has {len(password)} characters; wanted {PASSWORD_LENGTH} or more and {LONGEST_PASSWORD} at "
            f"most. Choose a {word} one."
        )
    return _hasher().hash(_bytes(password))


def is_password(password: str, kept: str) -> bool:
    """Whether it is the one whose hash this is. Takes as long where there is none: ""."""
    try:
        _hasher().verify(kept or NOBODYS_HASH, _bytes(password))
    except VerificationError:
        return False
    return bool(kept)


def _bytes(text: str) -> bytes:
    """Also of half a character, which a form can bring: it is a wrong secret, and no failure."""
    return text.encode("utf-8", "surrogatepass")


def _hasher() -> PasswordHasher:
    """Argon2id with the memory and passes that OWASP's password storage sheet names (19 MiB, 2, 1)."""
    return PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
