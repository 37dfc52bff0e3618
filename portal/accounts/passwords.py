"""Passwords: Argon2id with the parameters OWASP names (19 MiB, 2 passes, 1 lane)."""

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_memory_kib = 19456


def use_memory(kib: int) -> None:
    """Set the memory cost (tests use little)."""
    global _memory_kib  # noqa: PLW0603
    _memory_kib = kib
    _hasher.cache_clear()
    _absent.cache_clear()


@lru_cache
def _hasher() -> PasswordHasher:
    return PasswordHasher(time_cost=2, memory_cost=_memory_kib, parallelism=1)


@lru_cache
def _absent() -> str:
    """A hash nobody's password fits: checking it takes as long as checking a real one."""
    return _hasher().hash("no such account")


def hash_password(password: str) -> str:
    return _hasher().hash(password)


def verify(stored: str | None, password: str) -> bool:
    """Whether the password fits; an absent account costs the same time."""
    try:
        return _hasher().verify(stored or _absent(), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def outdated(stored: str) -> bool:
    return _hasher().check_needs_rehash(stored)
