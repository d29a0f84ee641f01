"""Signing in by OpenID Connect, and the attacks on it, against a provider that listens.

O1 the way there and back · O2 state, nonce, code and verifier belong to one attempt of one browser · O3 a token counts only
with the right issuer, audience, times, nonce, algorithm and key · O4 keys may change · O5 a provider may hang, drip, flood and
talk nonsense · O6 whoever is not in the organisation is told so · O7 nothing secret reaches the log
"""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from campus_doors import Guest, guest, hall_of_campus, refused
from campus_providers import CLIENT, SECRET, Provider, SigningKey, provider

from banshi.platform.hall import Hall
from banshi.ui.rest.campus import _Attempts


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    yield from hall_of_campus(tmp_path_factory.mktemp("hall"))


@pytest.fixture
def campus() -> Iterator[Provider]:
    with provider() as made:
        yield made


def query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


async def test_o1_there_and_back(hall: Hall, campus: Provider) -> None:
    async with guest(hall, campus) as me:
        there = (await me.begin("/form/borrowing?天数=3")).headers["location"]
        assert there.startswith(f"{campus.url}/authorize?")
        asked = query(there)
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["scope"].split()[0] == "openid"
        assert asked["redirect_uri"] == "http://hall/sign-in/campus/back"
        assert asked["code_challenge_method"] == "S256"
        assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 32
        answer = await me.go_back(await me.sign(there))
        assert answer.headers["location"] == "/form/borrowing?%E5%A4%A9%E6%95%B0=3"
        cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("banshi_session="))
        assert "httponly" in cookie.lower()
        assert "samesite=lax" in cookie.lower()
        assert me.person() == "20001"
        assert (await me.web.get("/api/v1/cases")).status_code == 200


async def test_o1_the_hall_asks_once_for_what_seldom_changes(hall: Hall, campus: Provider) -> None:
    async with guest(hall, campus) as me:
        for _ in range(3):
            await me.sign_in()
        assert me.person() == "20001"
    assert campus.count("/.well-known/openid-configuration") == 1
    assert campus.count("/jwks") == 1


async def test_o1_the_number_stands_in_the_claim_that_is_set(hall: Hall, campus: Provider) -> None:
    campus.change = lambda claims: {**claims, "sub": "f3a1-uuid", "employee_number": 20002}
    async with guest(hall, campus, oidc_claim="employee_number") as me:
        await me.sign_in()
        assert me.person() == "20002"


async def test_o1_or_beside_the_token_of_the_same_person(hall: Hall, campus: Provider) -> None:
    campus.userinfo = {"sub": "20001", "preferred_username": "20003"}
    async with guest(hall, campus, oidc_claim="preferred_username") as me:
        await me.sign_in()
        assert me.person() == "20003"
        campus.userinfo["sub"] = "20007"
        refused(await me.sign_in(), "nonsense")


@pytest.mark.parametrize(
    ("said", "person"),
    [
        (" 20001 ", "20001"),
        ("t2019a", "T2019A"),
        ("T2019A\t", "T2019A"),
        ("２０００１", ""),
        ("Ｔ2019A", ""),
        ("2000 1", ""),
    ],
)
async def test_o1_capitals_and_blanks_of_a_user_name_do_not_matter(
    hall: Hall, campus: Provider, said: str, person: str
) -> None:
    """Signs that only look alike do: they would let one account of the provider pass for another."""
    campus.person = said
    async with guest(hall, campus) as me:
        answer = await me.sign_in()
        assert me.person() == person
        if not person:
            refused(answer, "unknown")


async def test_o1_a_provider_that_takes_the_secret_in_the_form(hall: Hall, campus: Provider) -> None:
    campus.discovery = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    async with guest(hall, campus) as me:
        await me.sign_in()
        assert me.person() == "20001"
    form = next(said for _, path, said in campus.asked if path == "/token")
    assert form["client_secret"] == SECRET


async def test_o2_a_forged_state_signs_nobody_in(hall: Hall, campus: Provider) -> None:
    async with guest(hall, campus) as me:
        back = await me.sign((await me.begin()).headers["location"])
        refused(await me.go_back(back.replace("state=", "state=x")), "forged")
        refused(await me.go_back(back.partition("&state")[0]), "forged")
        assert campus.count("/token") == 0


async def test_o2_nobody_is_signed_in_by_the_link_of_somebody_else(hall: Hall, campus: Provider) -> None:
    """Login CSRF: the attacker's own code and state, opened in a browser that has begun an attempt of its own."""
    async with guest(hall, campus) as me:
        link = await me.sign((await me.begin()).headers["location"])
        me.web.cookies.clear()
        await me.begin()
        refused(await me.go_back(link), "forged")
        assert me.person() == ""


async def test_o2_nor_does_a_cookie_under_the_name_of_another_state(hall: Hall, campus: Provider) -> None:
    async with guest(hall, campus) as me:
        back = await me.sign((await me.begin()).headers["location"])
        mine = next(value for name, value in me.web.cookies.items() if name.startswith("banshi_attempt_"))
        me.web.cookies[_Attempts(https=False)._name("another")] = mine
        refused(await me.go_back(f"http://hall/sign-in/campus/back?code={query(back)['code']}&state=another"), "forged")


async def test_o2_a_code_counts_once(hall: Hall, campus: Provider) -> None:
    async with guest(hall, campus) as me:
        back = await me.sign((await me.begin()).headers["location"])
        kept = dict(me.web.cookies)
        assert (await me.go_back(back)).headers["location"] == "/cases"
        refused(await me.go_back(back), "forged")  # the attempt is over
        me.web.cookies.update(kept)
        refused(await me.go_back(back), "late")  # and the provider knows the code no more


async def test_o2_a_code_of_another_attempt_has_another_verifier(hall: Hall, campus: Provider) -> None:
    async with guest(hall, campus) as me:
        one = await me.sign((await me.begin()).headers["location"])
        two = await me.sign((await me.begin()).headers["location"])
        refused(
            await me.go_back(f"http://hall/sign-in/campus/back?code={query(one)['code']}&state={query(two)['state']}"),
            "late",
        )
        assert me.person() == ""


async def test_o2_two_tabs_do_not_get_in_each_others_way(hall: Hall, campus: Provider) -> None:
    async with guest(hall, campus) as me:
        one = (await me.begin("/cases")).headers["location"]
        two = (await me.begin("/tasks")).headers["location"]
        assert (await me.go_back(await me.sign(one))).headers["location"] == "/cases"
        assert (await me.go_back(await me.sign(two))).headers["location"] == "/tasks"


async def test_o2_a_browser_keeps_few_attempts(hall: Hall, campus: Provider) -> None:
    async with guest(hall, campus) as me:
        first = (await me.begin()).headers["location"]
        for _ in range(12):
            last = (await me.begin()).headers["location"]
        assert sum(name.startswith("banshi_attempt_") for name in me.web.cookies) == 5
        refused(await me.go_back(await me.sign(first)), "forged")
        await me.go_back(await me.sign(last))
        assert me.person() == "20001"


async def test_o2_an_attempt_grows_old(hall: Hall, campus: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    async with guest(hall, campus) as me:
        back = await me.sign((await me.begin("/tasks")).headers["location"])
        now = time.time()
        monkeypatch.setattr("banshi.ui.rest.campus.time.time", lambda: now + 16 * 60)
        answer = await me.go_back(back)
        refused(answer, "late")
        assert answer.headers["location"].endswith("?next=/tasks")


@pytest.mark.parametrize(
    "change",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"iss": "http://127.0.0.1:1"},
        {"iss": None},
        {"aud": "payroll"},
        {"aud": ["payroll", "library"]},
        {"aud": ["payroll", CLIENT]},
        {"aud": ["payroll", CLIENT], "azp": "payroll"},
        {"aud": CLIENT, "azp": "payroll"},
        {"aud": "payroll", "azp": CLIENT},
        {"aud": None},
        {"exp": -61},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": float("nan")},
        {"iat": 3600},
        {"nbf": 3600},
        {"sub": None},
        {"sub": ""},
        {"sub": ["20001", "20002"]},
        {"sub": True},
        {"sub": "2" * 65},
        {"sub": "20001\n20002"},
        {"sub": "\ud800"},
        {"at_hash": "wrong"},
    ],
    ids=str,
)  # fmt: skip
async def test_o3_claims_that_do_not_hold(hall: Hall, campus: Provider, change: dict[str, Any]) -> None:
    def changed(claims: dict[str, Any]) -> dict[str, Any]:
        times = {k: time.time() + v for k, v in change.items() if k in ("exp", "iat", "nbf") and isinstance(v, int)}
        return {name: value for name, value in {**claims, **change, **times}.items() if value is not None}

    campus.change = changed
    async with guest(hall, campus) as me:
        refused(await me.sign_in(), "nonsense")
        assert me.person() == ""


@pytest.mark.parametrize(("name", "seconds"), [("exp", -50), ("iat", 50), ("nbf", 50)])
async def test_o3_clocks_may_differ_by_less_than_a_minute(
    hall: Hall, campus: Provider, name: str, seconds: int
) -> None:
    campus.change = lambda claims: {**claims, name: int(time.time()) + seconds}
    async with guest(hall, campus) as me:
        await me.sign_in()
        assert me.person() == "20001"


async def test_o3_at_hash_is_the_left_half_of_the_digest(hall: Hall, campus: Provider) -> None:
    """OpenID Connect Core 3.1.3.6."""
    half = base64.urlsafe_b64encode(hashlib.sha256(b"access-1").digest()[:16]).rstrip(b"=").decode()
    campus.change = lambda claims: {**claims, "at_hash": half, "aud": [CLIENT, "library"], "azp": CLIENT}
    async with guest(hall, campus) as me:
        await me.sign_in()
        assert me.person() == "20001"


@pytest.mark.parametrize("alg", ["none", "HS256"])
async def test_o3_no_signature_and_hmac_with_the_public_key(hall: Hall, campus: Provider, alg: str) -> None:
    campus.alg = alg
    async with guest(hall, campus) as me:
        refused(await me.sign_in(), "nonsense")


async def test_o3_a_key_of_somebody_else_under_the_same_name(hall: Hall, campus: Provider) -> None:
    campus.key = SigningKey(campus.key.kid, "of somebody else")
    async with guest(hall, campus) as me:
        refused(await me.sign_in(), "nonsense")


async def test_o3_a_token_that_is_no_token(hall: Hall, campus: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    heads = [
        b"",
        b"[]",
        b"{}",
        b'{"alg":["RS256"]}',
        b'{"alg":"RS256","kid":["2026-a"]}',
        b'{"alg":"RS256","crit":["x"]}',
    ]
    texts: list[Any] = [None, 7, "", ".", "..", "a.b.c", "é.é.é", "." * 70000]
    texts += [f"{base64.urlsafe_b64encode(head).rstrip(b'=').decode()}.e30.AA" for head in heads]
    async with guest(hall, campus) as me:
        for text in texts:
            monkeypatch.setattr(SigningKey, "token", lambda *_, text=text: text)
            refused(await me.sign_in(), "nonsense")


async def test_o4_a_new_key_is_fetched_when_its_name_is_not_known(hall: Hall, campus: Provider) -> None:
    async with guest(hall, campus) as me:
        await me.sign_in()
        campus.key = SigningKey("2026-b")
        refused(await me.sign_in(), "nonsense")  # asked for once more, in vain
        assert campus.count("/jwks") == 2
        campus.published = [campus.key]
        await me.sign_in()
        assert me.person() == "20001"
        assert campus.count("/jwks") == 3


async def test_o4_keys_of_kinds_that_nobody_knows_are_passed_over(hall: Hall, campus: Provider) -> None:
    campus.others = [{"kty": "AKP", "alg": "ML-DSA-44", "kid": "pq", "pub": "AA"}]
    async with guest(hall, campus) as me:
        await me.sign_in()
        assert me.person() == "20001"


PLACES = ["/.well-known/openid-configuration", "/jwks", "/token"]


async def went(me: Guest) -> Any:
    there = await me.begin("/tasks")
    return (
        there
        if there.headers["location"].startswith("/")
        else await me.go_back(await me.sign(there.headers["location"]))
    )


@pytest.mark.parametrize("path", PLACES)
@pytest.mark.parametrize(
    ("how", "why"),
    [("hang", "down"), ("drip", "down"), ("flood", "nonsense"), ("turn", "nonsense"), ("nonsense", "nonsense"), ("503", "down"),
     ("404", "nonsense"), ("200", "nonsense")],
)  # fmt: skip
async def test_o5_a_provider_that_misbehaves(hall: Hall, campus: Provider, path: str, how: str, why: str) -> None:
    campus.behave[path] = how
    async with guest(hall, campus, seconds=0.5 if why == "down" else 10.0) as me:
        answer = await went(me)
        refused(answer, why)
        page = await me.web.get(answer.headers["location"])
        assert page.status_code == {"down": 503, "nonsense": 502}[why]
        assert 'href="/sign-in/campus?next=/tasks"' in page.text
        campus.behave.clear()
        me.fetcher._seconds = 10.0
        await me.sign_in()  # and it goes on as soon as the provider is well
        assert me.person() == "20001"


async def test_o5_a_flood_is_cut_off(hall: Hall, campus: Provider) -> None:
    campus.behave["/token"] = "flood"
    async with guest(hall, campus) as me:
        refused(await me.sign_in(), "nonsense")
        for _ in range(100):
            if campus.count("/token") == 2:  # the request, and that it was cut off
                break
            time.sleep(0.05)
    assert ("CUT", "/token", {}) in campus.asked


async def test_o5_a_provider_that_is_not_there(hall: Hall) -> None:
    with provider() as gone:
        pass
    async with guest(hall, gone) as me:
        refused(await me.begin("/tasks"), "down")


@pytest.mark.parametrize(
    "described",
    [
        {"issuer": "http://127.0.0.1:1"},
        {"issuer": None},
        {"token_endpoint": "http://campus.example.edu.cn/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": ["x"]},
        {"token_endpoint_auth_methods_supported": ["private_key_jwt"]},
    ],
    ids=str,
)
async def test_o5_a_description_that_leads_elsewhere(hall: Hall, campus: Provider, described: dict[str, Any]) -> None:
    campus.discovery = described
    async with guest(hall, campus) as me:
        refused(await went(me), "nonsense")


async def test_o5_what_the_provider_says_on_the_way_back(hall: Hall, campus: Provider) -> None:
    async with guest(hall, campus) as me:
        for said, why in (
            ("error=access_denied", "declined"),
            ("error=temporarily_unavailable", "down"),
            ("x=1", "nonsense"),
            ("code=a&code=b", "nonsense"),
            ("code=a&iss=http://127.0.0.1:1", "nonsense"),
            ("code=a", "late"),
        ):
            state = query((await me.begin()).headers["location"])["state"]
            refused(await me.go_back(f"http://hall/sign-in/campus/back?{said}&state={state}"), why)


async def test_o5_a_client_that_the_provider_does_not_know_is_for_the_administrator(
    hall: Hall, campus: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    async with guest(hall, campus, oidc_client_secret="old-secret-0815") as me:
        refused(await me.sign_in(), "nonsense")
    assert "invalid_client" in caplog.text
    assert "old-secret" not in caplog.text


async def test_o6_somebody_who_is_not_in_the_organisation(
    hall: Hall, campus: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    campus.person = "20239999"
    async with guest(hall, campus) as me:
        answer = await me.sign_in("/tasks")
        refused(answer, "unknown")
        page = await me.web.get(answer.headers["location"], headers={"accept-language": "en"})
        assert page.status_code == 403
        assert "your campus number is not in the hall" in page.text
        assert "不在" not in page.text
        assert (await me.web.get("/api/v1/cases")).status_code == 401
    assert "'20239999' is not in the organisation workbook" in caplog.text


async def test_o7_the_log_bears_neither_secrets_nor_codes_nor_tokens(
    hall: Hall, campus: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="banshi")
    told: list[str] = []
    async with guest(hall, campus) as me:
        for change in ({"nonce": "x"}, {"aud": "x"}, {"sub": "nobody\nWARNING forged line"}):
            campus.change = lambda claims, change=change: {**claims, **change}
            back = await me.sign((await me.begin()).headers["location"])
            told += [query(back)["code"], query(back)["state"]]
            await me.go_back(back)
        campus.behave["/token"] = "404"
        await me.sign_in()
    said = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("banshi"))
    assert said.count("Campus sign-in") == 4
    assert len(said.splitlines()) == 4
    assert not [one for one in (*told, SECRET, "access-1", "eyJ") if one in said]
