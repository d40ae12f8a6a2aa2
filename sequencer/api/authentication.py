"""Who asks: challenges that a key signs, and tokens that stand for a login. Nothing here is written to disk.

A challenge is a message authentication code over account and time, so that handing them out costs no memory; one that
was used is remembered until it expires. Tokens are kept as hashes, and compared in constant time.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from primitives.babyjubjub import Point
from sequencer.api.errors import NotAuthenticated, Overloaded
from sequencer.api.signing import CHALLENGE_BITS

CHALLENGE_S: Final = 60
TOKEN_S: Final = 900
TOKEN_BYTES: Final = 32
SECRET_BYTES: Final = 32
SALT_BYTES: Final = 6
CODE_BYTES: Final = CHALLENGE_BITS // 8 - SALT_BYTES
MOST_TOKENS: Final = 100_000
MOST_OF_AN_ACCOUNT: Final = 64


class Scope(Enum):
    """What a login may do: all, or what a session key may."""

    ACCOUNT = "account"
    SESSION = "session"


@dataclass(frozen=True, slots=True)
class Login:
    """For whom somebody speaks, by which key, and until when."""

    account: int
    scope: Scope
    key: Point
    expiry_s: float


class Authentication:
    """Challenges and tokens of one server. `random_bytes` must be a source for secrets, such as `os.urandom`."""

    def __init__(self, clock: Callable[[], float], random_bytes: Callable[[int], bytes]) -> None:
        self._clock, self._random_bytes = clock, random_bytes
        self._secret = random_bytes(SECRET_BYTES)
        self._used: OrderedDict[int, int] = OrderedDict()
        self._tokens: OrderedDict[bytes, Login] = OrderedDict()
        self._of_account: dict[int, deque[bytes]] = {}

    def challenge(self, account: int) -> tuple[int, int]:
        """A challenge of 128 bits, and the last second at which it is good."""
        expiry_s = int(self._clock()) + CHALLENGE_S
        return self._challenge(account, expiry_s, self._random_bytes(SALT_BYTES)), expiry_s

    def use_challenge(self, account: int, challenge: int, expiry_s: int) -> None:
        """Once only. Raises `NotAuthenticated` for one that is not this server's, was used, or has expired."""
        now_s = self._clock()
        while self._used and next(iter(self._used.values())) < now_s:
            self._used.popitem(last=False)
        salt = (challenge >> CODE_BYTES * 8).to_bytes(SALT_BYTES, "big")
        expected = self._challenge(account, expiry_s, salt)
        if not hmac.compare_digest(_bytes_of(expected), _bytes_of(challenge)):
            raise NotAuthenticated("this is no challenge for the account and time: ask for one, and sign it as it is")
        if now_s > expiry_s:
            raise NotAuthenticated("the challenge has expired: ask for another one")
        if challenge in self._used:
            raise NotAuthenticated("the challenge was used before: ask for another one")
        if len(self._used) >= MOST_TOKENS:
            raise Overloaded(retry_after_ms=CHALLENGE_S * 1_000)
        self._used[challenge] = expiry_s

    def give_token(self, account: int, scope: Scope, key: Point, until_s: float | None = None) -> tuple[str, Login]:
        """A new token for HTTP, good for a quarter of an hour, or until the session ends if that is sooner."""
        now_s = self._clock()
        end_s = now_s + TOKEN_S if until_s is None else min(now_s + TOKEN_S, until_s)
        login = Login(account, scope, key, end_s)
        token = urlsafe_b64encode(self._random_bytes(TOKEN_BYTES)).rstrip(b"=").decode()
        digest = _digest(token)
        self._tokens[digest] = login
        self._of_account.setdefault(account, deque()).append(digest)
        self._make_room(account)
        return token, login

    def login_of(self, token: str) -> Login:
        """Raises `NotAuthenticated`. Takes the same time for every wrong token: it is hashed before it is looked up."""
        digest = _digest(token)
        login = self._tokens.get(digest)
        if login is None or self._clock() >= login.expiry_s:
            if login is not None:
                self._drop(digest, login.account)
            raise NotAuthenticated("this token is not good any more: log in again")
        return login

    def forget(self, account: int, key: Point) -> None:
        """Ends all logins by a key."""
        for digest in list(self._of_account.get(account, ())):
            if self._tokens[digest].key == key:
                self._drop(digest, account)

    def _make_room(self, account: int) -> None:
        """The oldest give way: first the account's own, then anybody's."""
        own = self._of_account[account]
        while len(own) > MOST_OF_AN_ACCOUNT:
            self._drop(own[0], account)
        while len(self._tokens) > MOST_TOKENS:
            oldest = next(iter(self._tokens))
            self._drop(oldest, self._tokens[oldest].account)

    def _drop(self, digest: bytes, account: int) -> None:
        del self._tokens[digest]
        own = self._of_account[account]
        own.remove(digest)
        if not own:
            del self._of_account[account]

    def _challenge(self, account: int, expiry_s: int, salt: bytes) -> int:
        code = hmac.digest(self._secret, salt + f"{account}|{expiry_s}".encode(), hashlib.sha256)
        return int.from_bytes(salt + code[:CODE_BYTES], "big")


def _bytes_of(challenge: int) -> bytes:
    return challenge.to_bytes(SECRET_BYTES, "big")


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
