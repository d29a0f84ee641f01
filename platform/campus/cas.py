"""CAS 3.0, which most universities run: a ticket in the address, which the hall has the server confirm.

https://apereo.github.io/cas/7.0.x/protocol/CAS-Protocol-Specification.html (2.1, 2.5 to 2.8)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import fromstring

from banshi.platform.campus.attempt import Attempt
from banshi.platform.campus.fetching import Fetcher
from banshi.platform.campus.provider import CampusFault, Known, as_number

_CAS = "{http://www.yale.edu/tp/cas}"
_SAML = "{urn:oasis:names:tc:SAML:2.0:protocol}"
_LONGEST_TICKET = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class CasAccess:
    """Where the CAS server is, and which attribute holds the campus number; without, it is the user's name."""

    server: str
    attribute: str = ""


class Cas:
    """See the module. `back` is the service address, to which the state is added; `home` where people end up signed out."""

    def __init__(self, access: CasAccess, back: str, home: str, fetcher: Fetcher) -> None:
        self.back = back
        self.shown = f"CAS {access.server}"
        self._server = access.server.rstrip("/")
        self._attribute = access.attribute
        self._home = home
        self._fetcher = fetcher

    async def begin(self, attempt: Attempt) -> str:
        """Where to send the browser."""
        return f"{self._server}/login?{urlencode({'service': self._service(attempt)})}"

    async def finish(self, attempt: Attempt, answer: Mapping[str, str]) -> Known:
        """Who it was: the server confirms the ticket, once, for the address that it was given for."""
        ticket = answer.get("ticket", "")
        if not ticket or len(ticket) > _LONGEST_TICKET or not ticket.isprintable():
            raise CampusFault("declined", "the answer has no ticket")
        query = urlencode({"service": self._service(attempt), "ticket": ticket})
        status, body = await self._fetcher.ask("GET", f"{self._server}/p3/serviceValidate?{query}")
        if status != 200:
            raise CampusFault("nonsense", f"serviceValidate answered {status}")
        return Known(number=self._number(_confirmed(body)), mark=ticket)

    async def leave(self) -> str:
        """The server's sign-out, which comes back to the hall."""
        return f"{self._server}/logout?{urlencode({'service': self._home})}"

    def ended(self, message: bytes) -> str:
        """The ticket of a single log-out message (`samlp:LogoutRequest`)."""
        try:
            said = _parsed(message)
        except CampusFault:
            return ""
        return (said.findtext(f"{_SAML}SessionIndex") or "").strip() if said.tag == f"{_SAML}LogoutRequest" else ""

    def _service(self, attempt: Attempt) -> str:
        return f"{self.back}?{urlencode({'state': attempt.state})}"

    def _number(self, success: Element) -> str:
        name = self._attribute or "user"
        parent = success.find(f"{_CAS}attributes") if self._attribute else success
        found = [] if parent is None else parent.findall(f"{_CAS}{name}")
        said: list[Any] = [one.text for one in found if not len(one)]
        return as_number(said, name)


def _confirmed(body: bytes) -> Element:
    """What the server says of somebody whose ticket is good."""
    answer = _parsed(body)
    parts = list(answer)
    if answer.tag != f"{_CAS}serviceResponse" or len(parts) != 1:
        raise CampusFault("nonsense", "serviceValidate gave no single answer")
    if parts[0].tag == f"{_CAS}authenticationFailure":
        code = parts[0].get("code", "")[:80]
        # The ticket was used before, or is too old: beginning anew helps. Anything else is for the administrator.
        raise CampusFault("late" if code == "INVALID_TICKET" else "nonsense", f"serviceValidate says {code!r}")
    if parts[0].tag != f"{_CAS}authenticationSuccess":
        raise CampusFault("nonsense", "serviceValidate says neither yes nor no")
    return parts[0]


def _parsed(body: bytes) -> Element:
    try:
        return fromstring(body, forbid_dtd=True)
    except (ParseError, ValueError, LookupError, RecursionError) as error:  # defusedxml's refusals are ValueErrors
        raise CampusFault("nonsense", f"no XML that can be read: {type(error).__name__}") from error
