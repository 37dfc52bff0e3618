"""Opaque public identifiers: time-ordered for the index, random for everybody else."""

import secrets
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
ID_LENGTH = 20


def _encode(number: int, width: int) -> str:
    digits = []
    for _ in range(width):
        number, rest = divmod(number, 32)
        digits.append(_ALPHABET[rest])
    return "".join(reversed(digits))


def new_id() -> str:
    """20 characters: 9 of milliseconds, 11 (55 bits) of randomness."""
    return _encode(time.time_ns() // 1_000_000, 9) + _encode(secrets.randbits(55), 11)
