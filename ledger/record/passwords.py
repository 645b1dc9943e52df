"""Passwords: argon2 hashes, made and checked a few at a time (密码).

A check takes 64 MiB and a tenth of a second on purpose; so that a crowd at the door cannot take
all memory, at most two run at once.
"""

import secrets
import threading
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from casework.errors import Refused

SHORTEST, LONGEST = 10, 200
_FEWEST_KINDS = 5
_AT_ONCE = threading.Semaphore(2)
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that look alike on paper."""


@cache
def _hasher() -> PasswordHash:
    return PasswordHash((Argon2Hasher(time_cost=3, memory_cost=65_536, parallelism=1),))


def hash_password(password: str) -> str:
    """Give the argon2 hash of a password."""
    with _AT_ONCE:
        return _hasher().hash(password)


def is_right(password: str, known_hash: str) -> bool:
    """Say whether a password is the one; with an empty hash it takes as long, and is not."""
    with _AT_ONCE:
        right = _hasher().verify(password[:LONGEST], known_hash or _nobody())
    return right and bool(known_hash)


@cache
def _nobody() -> str:
    return _hasher().hash(secrets.token_urlsafe(16))


def made_password() -> str:
    """Make a password that can be read out on the telephone: twelve letters in threes."""
    letters = [secrets.choice(_LETTERS) for _ in range(12)]
    return "-".join("".join(letters[at : at + 3]) for at in range(0, 12, 3))


def refuse_weak(password: str, name: str) -> None:
    """Refuse a password that is short, simple or the name itself.

    Raises
    ------
    Refused
        With what to do.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise Refused(
            f"密码要 {SHORTEST} 到 {LONGEST} 个字符"
            f" / a password has {SHORTEST} to {LONGEST} characters"
        )
    holds_name = len(name) >= _FEWEST_KINDS and name.casefold() in password.casefold()
    if len(set(password)) < _FEWEST_KINDS or holds_name:
        raise Refused(
            "密码太简单：不要重复同一字符，不要含账号名，建议用几个词连写"
            " / too simple: no repeated characters, not the account's name; several words are best"
        )
