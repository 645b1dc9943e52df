"""Vault: what is written about a person is sealed under her own key (加密).

AES-GCM with the person and the field as associated data, so that a sealed value moved to
another row or column does not open. To find a person by an exact number there is a keyed hash;
parts of names cannot be searched.
"""

import hmac
from secrets import token_bytes

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from casework.errors import NotFound, Unreadable
from ledger.record.key_files import KEY_BYTES
from ledger.record.key_ring import KeyRing

_FORM = b"\x01"
_NONCE_BYTES = 12
LOOKUP_BYTES = 16


class Vault:
    """Seals and opens for one block of the store.

    A vault that may make keys holds the new ones until ``keep_new_keys``, which the store calls
    just before it commits: keys are on disk before anything that they seal.
    """

    def __init__(self, ring: KeyRing, may_make: bool = False) -> None:
        self._ring = ring
        self._may_make = may_make
        self._new: dict[str, bytes] = {}
        self._ciphers: dict[str, AESGCM] = {}

    def welcome(self, person: str) -> None:
        """Make the key of somebody whose random id was drawn just now: none need be looked for."""
        self._ciphers[person] = AESGCM(self._made(person, make=True))

    def seal(self, person: str, field: str, text: str) -> bytes:
        """Seal a text of one person; her key is made with her first."""
        nonce = token_bytes(_NONCE_BYTES)
        cipher = self._cipher(person, make=True)
        return _FORM + nonce + cipher.encrypt(nonce, text.encode(), _about(person, field))

    def unseal(self, person: str, field: str, sealed: bytes) -> str:
        """Open what ``seal`` gave for the same person and field.

        Raises
        ------
        PersonErased
            When the person was erased.
        NotFound
            When her key is not in this house.
        Unreadable
            When it was altered, moved from elsewhere, or sealed with other keys.
        """
        cipher = self._cipher(person, make=False)
        nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            if sealed[:1] != _FORM:
                raise InvalidTag
            return cipher.decrypt(nonce, body, _about(person, field)).decode()
        except (InvalidTag, ValueError):
            raise Unreadable(
                "加密资料被改动，或密钥不符 / sealed data was altered, or the keys do not fit"
            ) from None

    def lookup(self, kind: str, text: str) -> bytes:
        """Give the keyed hash by which an exact text of a kind is found."""
        said = f"{kind}\0{text}".encode()
        return hmac.digest(self._ring.roots.lookup, said, "sha256")[:LOOKUP_BYTES]

    def keep_new_keys(self) -> None:
        """Put the keys made since on disk."""
        self._ring.keep(self._new)
        self._new = {}

    def _cipher(self, person: str, make: bool) -> AESGCM:
        cipher = self._ciphers.get(person)
        if cipher is None:
            key = self._ring.key_of(person, look_again=not self._ciphers)
            if key is None:
                key = self._made(person, make)
            cipher = self._ciphers[person] = AESGCM(key)
        return cipher

    def _made(self, person: str, make: bool) -> bytes:
        if not make:
            raise NotFound(
                "密钥库里没有这个人的密钥，请核对密钥文件夹 / this person has no key here"
            )
        if not self._may_make:
            raise RuntimeError("a key is made only where it is written: use store.writing")
        self._new[person] = token_bytes(KEY_BYTES)
        return self._new[person]


def _about(person: str, field: str) -> bytes:
    return f"{person}\0{field}".encode()
