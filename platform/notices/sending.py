"""What sending comes to, and what an administrator says of it: secrets, hosts that may be called, the mail server."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Why = Mapping[str, str]
"""Why something was not sent, by language."""


def why(zh: str, en: str) -> Why:
    """A reason in both languages."""
    return {"zh": zh, "en": en}


@dataclass(frozen=True, slots=True)
class Sent:
    """The receiver has it."""


@dataclass(frozen=True, slots=True)
class Again:
    """Not this time; `wait` is how long the receiver asks to be left alone, at least."""

    why: Why
    wait: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Never:
    """Trying again would change nothing."""

    why: Why


Result = Sent | Again | Never


@dataclass(frozen=True, slots=True)
class AllowedHost:
    """A host that may be called. `networks` are those in which its addresses may lie beside the public ones.

    `port` is None for the usual one of https.
    """

    name: str
    port: int | None = None
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    def takes(self, address: Address) -> bool:
        """Whether the host may have this address.

        A public one, or one that the administrator named: so that a name that somebody points at this machine, or at
        another one of the campus, leads nowhere.
        """
        plain = getattr(address, "ipv4_mapped", None) or address
        if any(plain in network for network in self.networks if network.version == plain.version):
            return True
        return plain.is_global and not plain.is_multicast


_NOBODYS = re.compile(r"(.+\.)?(example\.(com|net|org)|example|test|invalid)", re.IGNORECASE)
"""Names that RFC 2606 keeps for examples: nobody has them, and nobody ever will."""


def is_nobodys(host: str) -> bool:
    """Whether a name of a host stands for no host at all."""
    return _NOBODYS.fullmatch(host) is not None


_HOST = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^:@\s]+)(?::(?P<port>\d{1,5}))?(?:@(?P<networks>\S+))?")


def allowed_hosts(text: str) -> tuple[AllowedHost, ...]:
    """The hosts of a setting: `shop.example.com, finance.gdut.edu.cn@10.1.0.0/16, 127.0.0.1:9000`.

    Raises:
        ValueError: one of them cannot be read.
    """
    found = []
    for part in filter(None, re.split(r"[,，;；\s]+", text)):
        shape = _HOST.fullmatch(part)
        if shape is None:
            raise ValueError(f"{part} is no host")
        host = shape["host"].strip("[]").casefold()
        networks = [ip_network(one, strict=False) for one in (shape["networks"] or "").split("+") if one]
        if (own := _own_network(host)) is not None:
            networks.append(own)
        found.append(AllowedHost(host, int(shape["port"]) if shape["port"] else None, tuple(networks)))
    return tuple(found)


def _own_network(host: str) -> IPv4Network | IPv6Network | None:
    """A host that is named by its address may have it."""
    if host == "localhost":
        return ip_network("127.0.0.0/8")
    try:
        return ip_network(ip_address(host))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """See the module. `mail` is the address of the mail server as apprise writes it, empty for none.

    `site` is where people reach the hall, for links in mails. `active` is off where nothing may leave, such as on a copy.
    In a `rehearsal` systems at names that stand for none (`example.com`, `.example`, `.test`) take everything and answer.
    `sent_kept` and `inbox_kept` are for how long what was sent, and what lies in inboxes, is kept.
    """

    active: bool = True
    rehearsal: bool = False
    mail: str = field(default="", repr=False)
    hosts: tuple[AllowedHost, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    site: str = ""
    sent_kept: timedelta = timedelta(days=90)
    inbox_kept: timedelta = timedelta(days=365)
