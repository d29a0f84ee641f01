"""OpenID Connect: the authorization code flow with PKCE, state and nonce.

Authlib makes the addresses and the client's proof and checks the claims, joserfc the signature; the questions are asked by
our own `Fetcher`, whose bounds Authlib's clients do not have.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast
from urllib.parse import urlencode

from authlib.oauth2 import ClientAuth, OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from banshi.platform.campus.attempt import SKEW, Attempt
from banshi.platform.campus.fetching import Fetcher, as_object, may_ask
from banshi.platform.campus.provider import CampusFault, Known, Why, as_number

T = TypeVar("T")

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures by a key that only the provider has: neither `none` nor HMAC, for which the public key would do."""
_KEPT_SECONDS = 3600.0
_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcAccess:
    """What the provider knows the hall by. `claim` holds the campus number."""

    issuer: str
    client_id: str
    secret: str = field(default="", repr=False)
    claim: str = "sub"
    scope: str = "openid profile"


class _Kept(Generic[T]):
    """What a document of the provider says, at most an hour old; one that does not hold is not kept."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._url, self._at, self._said = "", 0.0, cast("T", None)

    async def get(self, url: str, checked: Callable[[dict[str, Any]], T], now: float, *, anew: bool = False) -> T:
        """As `checked` reads it, which raises what is wrong with it; fetched `anew` where that is asked for."""
        if anew or url != self._url or not 0 <= now - self._at < _KEPT_SECONDS:
            status, body = await self._fetcher.ask("GET", url, headers={"Accept": "application/json"})
            if status != 200:
                raise CampusFault("nonsense", f"{url} answered {status}")
            self._said = checked(as_object(body, url))
            self._url, self._at = url, now
        return self._said


class Oidc:
    """See the module. `back` is the registered redirect address, `home` where people are sent after signing out."""

    def __init__(
        self, access: OidcAccess, back: str, home: str, fetcher: Fetcher, clock: Callable[[], float] = time.time
    ) -> None:
        self.back = back
        self.shown = f"OpenID Connect {access.issuer}"
        self._access = access
        self._home = home
        self._fetcher = fetcher
        self._clock = clock
        self._described: _Kept[dict[str, Any]] = _Kept(fetcher)
        self._published: _Kept[KeySet] = _Kept(fetcher)

    async def begin(self, attempt: Attempt) -> str:
        """Where to send the browser."""
        said = await self._discovered()
        client = OAuth2Client(
            None,
            client_id=self._access.client_id,
            scope=self._access.scope,
            redirect_uri=self.back,
            code_challenge_method="S256",
        )
        url, _ = client.create_authorization_url(
            said["authorization_endpoint"], state=attempt.state, code_verifier=attempt.verifier, nonce=attempt.nonce
        )
        return str(url)

    async def finish(self, attempt: Attempt, answer: Mapping[str, str]) -> Known:
        """Who it was: the code becomes an ID token, which is checked."""
        said = await self._discovered()
        if answer.get("iss", said["issuer"]) != said["issuer"]:
            raise CampusFault("nonsense", "the answer came from another issuer")
        if "error" in answer:
            why: Why = "down" if answer["error"] in ("temporarily_unavailable", "server_error") else "declined"
            raise CampusFault(why, f"the provider says {answer['error'][:80]!r}")
        if not answer.get("code"):
            raise CampusFault("nonsense", "the answer has no code")
        tokens = await self._tokens(said, attempt, answer["code"])
        claims = await self._claims(said, attempt, tokens)
        if self._access.claim not in claims and "userinfo_endpoint" in said:
            claims = {**await self._told(said, claims, tokens), **claims}
        return Known(number=as_number(claims.get(self._access.claim), self._access.claim))

    async def leave(self) -> str:
        """The provider's sign-out, which comes back to the hall."""
        said = await self._discovered()
        url = said.get("end_session_endpoint")
        if not isinstance(url, str) or not may_ask(url):
            return ""
        query = urlencode({"client_id": self._access.client_id, "post_logout_redirect_uri": self._home})
        return f"{url}{'&' if '?' in url else '?'}{query}"

    def ended(self, message: bytes) -> str:  # noqa: ARG002
        """No message of a provider ends a session here."""
        return ""

    async def _discovered(self) -> dict[str, Any]:
        """What the provider says of itself."""
        wanted = self._access.issuer.rstrip("/")
        url = f"{wanted}/.well-known/openid-configuration"

        def checked(said: dict[str, Any]) -> dict[str, Any]:
            if str(said.get("issuer", "")).rstrip("/") != wanted:
                raise CampusFault("nonsense", f"{url} names another issuer")
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                if not isinstance(said.get(name), str) or not may_ask(said[name]):
                    raise CampusFault("nonsense", f"{url} has no {name} by https")
            return said

        return await self._described.get(url, checked, self._clock())

    async def _tokens(self, said: Mapping[str, Any], attempt: Attempt, code: str) -> dict[str, Any]:
        url = said["token_endpoint"]
        body = urlencode(
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self.back,
                "code_verifier": attempt.verifier,
            }
        )
        proof = ClientAuth(self._access.client_id, self._access.secret, self._proof(said))
        url, headers, body = proof.prepare("POST", url, dict(_FORM), body)
        status, answer = await self._fetcher.ask("POST", url, headers=headers, body=body)
        tokens = as_object(answer, said["token_endpoint"])
        if "error" in tokens or status != 200:
            told = str(tokens.get("error", status))[:80]
            # Used before, or too old: beginning anew helps. Anything else is for the administrator.
            raise CampusFault("late" if told == "invalid_grant" else "nonsense", f"the token endpoint says {told!r}")
        return tokens

    def _proof(self, said: Mapping[str, Any]) -> str:
        """How the client proves itself: as the provider takes it."""
        if not self._access.secret:
            return "none"
        taken = said.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        found = next((one for one in ("client_secret_basic", "client_secret_post") if one in taken), "")
        if not found:
            raise CampusFault("nonsense", "the provider takes a client's proof in no way that the hall has")
        return found

    async def _claims(self, said: Mapping[str, Any], attempt: Attempt, tokens: Mapping[str, Any]) -> dict[str, Any]:
        """The claims of the ID token, after every check of OpenID Connect Core 3.1.3.7."""
        text = tokens.get("id_token")
        if not isinstance(text, str):
            raise CampusFault("nonsense", "the token endpoint gave no ID token")
        try:
            try:
                found = jwt.decode(text, await self._keys(said), ALGORITHMS)
            except InvalidKeyIdError:  # the provider has changed its keys
                found = jwt.decode(text, await self._keys(said, anew=True), ALGORITHMS)
            claims = CodeIDToken(
                found.claims,
                found.header,
                {
                    "iss": {"essential": True, "value": said["issuer"]},
                    "aud": {"essential": True, "value": self._access.client_id},
                },
                {
                    "client_id": self._access.client_id,
                    "nonce": attempt.nonce,
                    "access_token": tokens.get("access_token"),
                },
            )
            claims.validate(now=int(self._clock()), leeway=SKEW)
        except (JoseError, ValueError, TypeError, LookupError, AttributeError) as error:
            raise CampusFault("nonsense", f"the ID token does not hold: {str(error)[:200]}") from error
        return dict(claims)

    async def _keys(self, said: Mapping[str, Any], *, anew: bool = False) -> KeySet:
        url = said["jwks_uri"]

        def checked(document: dict[str, Any]) -> KeySet:
            keys = document.get("keys")
            if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
                raise CampusFault("nonsense", f"{url} has no keys")
            return KeySet.import_key_set({"keys": keys})

        return await self._published.get(url, checked, self._clock(), anew=anew)

    async def _told(
        self, said: Mapping[str, Any], claims: Mapping[str, Any], tokens: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What the provider tells of the person beside the ID token; it must be the same person."""
        url, token = said["userinfo_endpoint"], tokens.get("access_token")
        if not isinstance(url, str) or not isinstance(token, str):
            raise CampusFault("nonsense", f"the answer has no {self._access.claim}")
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        status, body = await self._fetcher.ask("GET", url, headers=headers)
        told = as_object(body, url)
        if status != 200 or told.get("sub") != claims["sub"]:
            raise CampusFault("nonsense", f"{url} answered {status}, or of somebody else")
        return told
