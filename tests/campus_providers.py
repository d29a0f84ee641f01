"""Campus sign-ins for tests: an OpenID Connect provider and a CAS server behind HTTP, which can also misbehave.

Tokens are signed here by hand with `cryptography`, so that no library checks its own work.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

CLIENT, SECRET = "banshi", "client-secret-4711"
FLOOD = 100 * 1024 * 1024


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value: int) -> str:
    return b64(value.to_bytes((value.bit_length() + 7) // 8, "big"))


@cache
def private_key(name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class SigningKey:
    """An RSA key with its id. Those of one `name` are the same key."""

    def __init__(self, kid: str, name: str = "") -> None:
        self.kid = kid
        self.private = private_key(name or kid)

    @property
    def public(self) -> dict[str, str]:
        numbers = self.private.public_key().public_numbers()
        return {"kty": "RSA", "use": "sig", "kid": self.kid, "n": number(numbers.n), "e": number(numbers.e)}

    @property
    def pem(self) -> bytes:
        return self.private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def token(self, claims: dict[str, Any], alg: str = "RS256") -> str:
        """A signed token; `none` is not signed, `HS256` is signed with the public key as if it were a secret."""
        head = b64(json.dumps({"alg": alg, "kid": self.kid}).encode())
        said = f"{head}.{b64(json.dumps(claims).encode())}".encode()
        if alg == "none":
            return f"{said.decode()}."
        if alg == "HS256":
            return f"{said.decode()}.{b64(hmac.new(self.pem, said, hashlib.sha256).digest())}"
        return f"{said.decode()}.{b64(self.private.sign(said, padding.PKCS1v15(), hashes.SHA256()))}"


@dataclass
class Provider:
    """What a provider knows and how it behaves.

    `person` signs in on its page. `behave` tells of each path what is done: `ok`, `hang`, `drip`, `flood`, `turn`, `nonsense` or a
    status. `change` changes the claims of a token before it is signed by `key` with `alg`.
    """

    person: str = "20001"
    key: SigningKey = field(default_factory=lambda: SigningKey("2026-a"))
    published: list[SigningKey] = field(default_factory=list)
    others: list[dict[str, str]] = field(default_factory=list)
    alg: str = "RS256"
    change: Callable[[dict[str, Any]], dict[str, Any]] = lambda claims: claims
    discovery: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    behave: dict[str, str] = field(default_factory=dict)
    answer: str = ""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tickets: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    hung: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def count(self, path: str) -> int:
        return sum(1 for _, asked, _ in self.asked if asked == path)

    # OpenID Connect

    def described(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "end_session_endpoint": f"{self.url}/logout",
            **({"userinfo_endpoint": f"{self.url}/userinfo"} if self.userinfo else {}),
            **self.discovery,
        }

    def allowed(self, asked: dict[str, str]) -> str:
        """The address to go back to after somebody signed in on the page."""
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def tokens(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """A code becomes tokens, once, for whoever proves that she began the attempt."""
        proof = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if authorization != proof and (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET):
            return 401, {"error": "invalid_client"}
        asked = self.codes.pop(form.get("code", ""), None)
        challenge = b64(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if asked is None or (asked["redirect_uri"], asked["code_challenge"]) != (form.get("redirect_uri"), challenge):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": CLIENT,
            "sub": self.person,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
        }
        return 200, {
            "access_token": "access-1",
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": self.key.token(self.change(claims), self.alg),
        }

    # CAS

    def ticketed(self, service: str) -> str:
        """The address to go back to, with a ticket for it."""
        ticket = f"ST-{secrets.token_urlsafe(12)}"
        self.tickets[ticket] = service
        return f"{service}{'&' if '?' in service else '?'}{urlencode({'ticket': ticket})}"

    def validated(self, ticket: str, service: str) -> str:
        """What `serviceValidate` answers; a ticket counts once, and for its own address."""
        if self.answer:
            return self.answer
        issued = self.tickets.pop(ticket, None)
        if issued is None or issued != service:
            code = "INVALID_TICKET" if issued is None else "INVALID_SERVICE"
            return cas(f'<cas:authenticationFailure code="{code}">{code}</cas:authenticationFailure>')
        return cas(
            f"<cas:authenticationSuccess><cas:user>{escape(self.person)}</cas:user><cas:attributes>"
            f"<cas:employeeNumber>{escape(self.person)}</cas:employeeNumber><cas:cn>陈晓雨</cas:cn>"
            "</cas:attributes></cas:authenticationSuccess>"
        )


def cas(inside: str) -> str:
    """An answer of a CAS server, in the form of CAS Protocol 3.0, appendix A."""
    return f'<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas">{inside}</cas:serviceResponse>'


def logout_request(ticket: str) -> str:
    """The message of CAS single log-out (CAS Protocol 3.0, 2.3.3)."""
    return (
        '<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="LR-1" Version="2.0">'
        '<saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">@NOT_USED@</saml:NameID>'
        f"<samlp:SessionIndex>{ticket}</samlp:SessionIndex></samlp:LogoutRequest>"
    )


class Handler(BaseHTTPRequestHandler):
    """The pages and end points of a provider."""

    made: Provider

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.serve(parts.path, dict(parse_qsl(parts.query)))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.serve(urlsplit(self.path).path, dict(parse_qsl(body)))

    def serve(self, path: str, said: dict[str, str]) -> None:
        self.made.asked.append((self.command, path, said))
        how = self.made.behave.get(path, "ok")
        if how == "hang":
            self.made.hung.wait(60)
        elif how == "drip":
            self.drip()
        elif how == "flood":
            self.flood()
        elif how == "turn":
            self.go("http://127.0.0.1:1/elsewhere")
        elif how == "nonsense":
            self.tell(200, b"\x00\xff<html>Welcome", "text/html")
        elif how != "ok":
            self.tell(int(how), b"{}", "application/json")
        else:
            self.behaved(path, said)

    def behaved(self, path: str, said: dict[str, str]) -> None:
        if path == "/.well-known/openid-configuration":
            self.json(200, self.made.described())
        elif path == "/jwks":
            self.json(200, {"keys": [*self.made.others, *(key.public for key in self.made.published)]})
        elif path == "/token":
            self.json(*self.made.tokens(said, self.headers.get("Authorization", "")))
        elif path == "/userinfo":
            granted = self.headers.get("Authorization") == "Bearer access-1"
            self.json(200 if granted else 401, self.made.userinfo if granted else {})
        elif path in ("/authorize", "/login") and self.command == "GET":
            self.page(path, said)
        elif path == "/authorize":
            self.go(self.made.allowed(said))
        elif path == "/login":
            self.go(self.made.ticketed(said["service"]))
        elif path == "/p3/serviceValidate":
            self.tell(200, self.made.validated(said["ticket"], said["service"]).encode(), "application/xml")
        elif path == "/logout":
            self.go(said.get("post_logout_redirect_uri") or said["service"])
        else:
            self.tell(404, b"{}", "application/json")

    def page(self, path: str, said: dict[str, str]) -> None:
        kept = "".join(f'<input type="hidden" name="{escape(k)}" value="{escape(v)}">' for k, v in said.items())
        text = (
            '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>统一身份认证</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
            f'<h1>大学统一身份认证</h1><form method="post" action="{path}">{kept}<button>登录 {escape(self.made.person)}</button></form>'
        )
        self.tell(200, text.encode(), "text/html; charset=utf-8")

    def drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            while not self.made.hung.wait(0.05):
                self.wfile.write(b" ")
        except OSError:
            pass

    def flood(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(FLOOD))
        self.end_headers()
        try:
            for _ in range(FLOOD // 65536):
                self.wfile.write(b" " * 65536)
        except OSError:  # whoever asked has had enough
            self.made.asked.append(("CUT", self.path, {}))

    def go(self, where: str) -> None:
        self.send_response(302)
        self.send_header("Location", where)
        self.end_headers()

    def json(self, status: int, said: dict[str, Any]) -> None:
        self.tell(status, json.dumps(said).encode(), "application/json")

    def tell(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def server_bind(self) -> None:
        socketserver.TCPServer.server_bind(self)  # without asking a name server for its own name
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def handle_error(self, *_: object) -> None:  # who asks breaks connections that are too slow
        pass


@contextmanager
def provider(**how: Any) -> Iterator[Provider]:
    """A provider that listens on 127.0.0.1."""
    made = Provider(**how)
    made.published = made.published or [made.key]

    with Quiet(("127.0.0.1", 0), type("Bound", (Handler,), {"made": made})) as server:
        made.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield made
        finally:
            made.hung.set()
            server.shutdown()
            thread.join()
