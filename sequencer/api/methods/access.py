"""Logins and session keys."""

from __future__ import annotations

from typing import Final

from primitives.babyjubjub import Point
from primitives.eddsa import Signature
from rollup.crypto import Claim
from rollup.errors import BadSignature
from rollup.units import ACCOUNT_ID_BITS, TIME_BITS
from sequencer.api.authentication import Scope
from sequencer.api.building import point_of, signature_of
from sequencer.api.errors import InvalidParameters, NotAuthenticated
from sequencer.api.methods.method import Access, Method, method
from sequencer.api.numbers import bounded
from sequencer.api.services import Call, Services
from sequencer.api.signing import CHALLENGE_BITS, login_inputs, session_inputs
from sequencer.api.types import answers as a
from sequencer.api.types import parameters as p
from sequencer.messages import AllowSession, EndSession

LOGIN_COST: Final = 20


def is_signed(services: Services, inputs: tuple[int, int], key: Point, signature: Signature) -> bool:
    """Whether a key signed the hash of two elements."""
    return services.node.info.crypto.verify_many([Claim(key, inputs, signature)])[0]


async def get_challenge(call: Call, given: p.ChallengeFor) -> a.Challenge:
    """What to sign in order to log in, once, within a minute."""
    account = bounded("account", given.account, ACCOUNT_ID_BITS)
    challenge, expiry_s = call.services.authentication.challenge(account)
    inputs = login_inputs(call.services.node.info.domain, account, challenge, expiry_s)
    return a.Challenge(challenge=str(challenge), expiry_s=expiry_s, inputs=[str(one) for one in inputs])


async def auth(call: Call, given: p.Login) -> a.Token:
    """Logs in by a signed challenge. On a WebSocket the connection is logged in, over HTTP the token is."""
    services = call.services
    account = bounded("account", given.account, ACCOUNT_ID_BITS)
    challenge = bounded("challenge", given.challenge, CHALLENGE_BITS)
    expiry_s = bounded("expiry_s", given.expiry_s, TIME_BITS)
    signature = signature_of(given.signature_r_x, given.signature_r_y, given.signature_s)
    session_key = _session_key(given)
    services.authentication.use_challenge(account, challenge, expiry_s)
    if session_key is None:
        key, scope, until_s = (await services.account(account)).key, Scope.ACCOUNT, None
    else:
        key, scope, until_s = session_key, Scope.SESSION, services.projection.session_expiry_s(account, session_key)
        if until_s is None or until_s < services.clock():
            raise NotAuthenticated("this key has no session for the account")
    inputs = login_inputs(services.node.info.domain, account, challenge, expiry_s)
    if not is_signed(services, inputs, key, signature):
        raise NotAuthenticated("the signature is not that of the key on this challenge")
    token, login = services.authentication.give_token(account, scope, key, until_s)
    if call.connection is not None:
        call.connection.log_in(login)
    remaining_s = max(0, int(login.expiry_s - services.clock()))
    return a.Token(access_token=token, expires_in_s=remaining_s, scope=scope.value, account=account)


async def create_session(call: Call, given: p.NewSession) -> a.Session:
    """Lets another key read, cancel, and hand in what the account's key has signed; the account's key signs for it."""
    services = call.services
    account = bounded("account", given.account, ACCOUNT_ID_BITS)
    call.require_owner(account)
    key, expiry_s = point_of("key", given.key_x, given.key_y), bounded("expiry_s", given.expiry_s, TIME_BITS)
    signature = signature_of(given.signature_r_x, given.signature_r_y, given.signature_s)
    info = services.node.info
    inputs = session_inputs(info.domain, info.crypto, account, key, expiry_s)
    if not is_signed(services, inputs, call.caller().key, signature):
        raise BadSignature("session", account=account)
    acknowledged = await services.submit(AllowSession(account, key, expiry_s), account)
    return _session(account, key, expiry_s, acknowledged.sequence)


async def end_session(call: Call, given: p.OneSession) -> a.Session:
    """Ends a session and all its logins. The account's key may, and the session's own."""
    services, login = call.services, call.caller()
    key = point_of("key", given.key_x, given.key_y)
    if key != login.key:
        call.require_account_key()
    acknowledged = await services.submit(EndSession(login.account, key), login.account)
    services.authentication.forget(login.account, key)
    return _session(login.account, key, 0, acknowledged.sequence)


def _session(account: int, key: Point, expiry_s: int, sequence: int) -> a.Session:
    return a.Session(account=account, key_x=str(key[0]), key_y=str(key[1]), expiry_s=expiry_s, sequence=sequence)


def _session_key(given: p.Login) -> Point | None:
    if given.session_key_x is None and given.session_key_y is None:
        return None
    if given.session_key_x is None or given.session_key_y is None:
        raise InvalidParameters("a key has two coordinates: session_key_x and session_key_y")
    return point_of("session_key", given.session_key_x, given.session_key_y)


METHODS: tuple[Method, ...] = (
    method("public/get_challenge", p.ChallengeFor, a.Challenge, get_challenge, cost=2),
    method("public/auth", p.Login, a.Token, auth, cost=LOGIN_COST),
    method("private/create_session", p.NewSession, a.Session, create_session, access=Access.ACCOUNT_KEY, cost=20),
    method("private/end_session", p.OneSession, a.Session, end_session, cost=5),
)
