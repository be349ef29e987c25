"""Passwords: argon2id at 19 MiB, with a cap on how many are checked at once.

The cap keeps a burst of sign-ins from taking all memory. An unknown name costs the same time
as a wrong password.
"""

from __future__ import annotations

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

MIN_LENGTH = 8
MAX_LENGTH = 256

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_at_once = threading.BoundedSemaphore(4)


def hash_password(password: str) -> str:
    """An argon2id hash that carries its own parameters."""
    with _at_once:
        return _hasher.hash(password)


@cache
def _dummy_hash() -> str:
    return _hasher.hash("nobody has this password")


def verify(stored: str | None, password: str) -> bool:
    """Whether `password` is exactly the one of `stored`; None takes as long and is False."""
    with _at_once:
        try:
            _hasher.verify(stored or _dummy_hash(), password)
        except (VerifyMismatchError, InvalidHashError):
            return False
    return stored is not None


def needs_rehash(stored: str) -> bool:
    return _hasher.check_needs_rehash(stored)
