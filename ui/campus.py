"""The campus sign-in that the settings ask for: OpenID Connect, CAS, or none."""

from __future__ import annotations

from urllib.parse import urlsplit

from banshi.platform.campus.cas import Cas, CasAccess
from banshi.platform.campus.fetching import Fetcher, may_ask
from banshi.platform.campus.oidc import Oidc, OidcAccess
from banshi.platform.campus.provider import CampusSignIn
from banshi.platform.errors import Declined
from banshi.ui.settings import Settings

BACK = "/sign-in/campus/back"
"""Where the campus sign-in sends people back to, below the address of the hall."""
LEFT = "/sign-in?left=all"
"""Where it sends them after signing out."""


def campus_sign_in(settings: Settings, fetcher: Fetcher | None = None) -> CampusSignIn | None:
    """The campus sign-in; None where the settings name none.

    Raises:
        Declined: the settings do not fit together; the sentence says which.
    """
    if not settings.oidc_issuer and not settings.cas_server:
        return None
    if settings.oidc_issuer and settings.cas_server:
        raise Declined(
            "BANSHI_OIDC_ISSUER 与 BANSHI_CAS_SERVER 只能设置一个。",
            "Set either BANSHI_OIDC_ISSUER or BANSHI_CAS_SERVER, not both.",
        )
    _ensure_provider("BANSHI_OIDC_ISSUER" if settings.oidc_issuer else "BANSHI_CAS_SERVER", settings)
    site = _site(settings)
    if settings.cas_server:
        access = CasAccess(server=settings.cas_server, attribute=settings.cas_attribute)
        return Cas(access, site + BACK, site + LEFT, fetcher or Fetcher())
    if not settings.oidc_client_id:
        raise Declined(
            "设置了 BANSHI_OIDC_ISSUER，还需要 BANSHI_OIDC_CLIENT_ID。",
            "BANSHI_OIDC_ISSUER is set; BANSHI_OIDC_CLIENT_ID is needed too.",
        )
    return Oidc(
        OidcAccess(
            issuer=settings.oidc_issuer,
            client_id=settings.oidc_client_id,
            secret=settings.oidc_client_secret.get_secret_value(),
            claim=settings.oidc_claim,
            scope=settings.oidc_scope,
        ),
        site + BACK,
        site + LEFT,
        fetcher or Fetcher(),
    )


def _ensure_provider(name: str, settings: Settings) -> None:
    address = settings.oidc_issuer or settings.cas_server
    if not may_ask(address) or "?" in address:
        raise Declined(
            f"{name} 应为 https 地址（http 只用于本机），现为 {address}。",
            f"{name} has to be an https address (http is for this machine alone); it is {address}.",
        )


def _site(settings: Settings) -> str:
    """The address of the hall, without a slash at its end."""
    site = settings.site.strip().rstrip("/")
    parts = urlsplit(site)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.path or parts.query or parts.fragment:
        raise Declined(
            "使用统一身份认证时，BANSHI_SITE 应为大厅的网址，例如 https://banshi.example.edu.cn。",
            "With a campus sign-in BANSHI_SITE has to be the address of the hall, such as https://banshi.example.edu.cn.",
        )
    return site
