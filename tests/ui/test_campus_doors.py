"""What both kinds of campus sign-in share: the doors of the hall, their pages and settings.

D1 back at the page that was asked for, and nowhere else · D2 a session is new, and the one before over · D3 the sign-in page and the
pages of faults, in both languages · D4 signing out, here and there · D5 settings that do not fit are told at start
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from campus_doors import cas, guest, hall_of_campus, oidc, refused
from campus_providers import SECRET, Provider, provider

from banshi.platform.campus.attempt import unpacked
from banshi.platform.errors import HallError
from banshi.platform.hall import Hall
from banshi.ui.campus import campus_sign_in
from banshi.ui.server import greeting, serve
from banshi.ui.session import asked_path
from banshi.ui.settings import Settings


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    yield from hall_of_campus(tmp_path_factory.mktemp("hall"))


@pytest.fixture
def campus() -> Iterator[Provider]:
    with provider() as made:
        yield made


ELSEWHERE = [
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "https:evil.example", "https://evil.example",
    "javascript:alert(1)", "evil.example", "", " /cases", "/\t/evil.example", "/\n/evil.example", "/\u200b/evil.example",
    "/language/en?next=//evil.example", "/sign-in/campus?next=/cases", "/sign-in", "/sign-out",
]  # fmt: skip


@pytest.mark.parametrize("target", ELSEWHERE)
def test_d1_no_path_of_ours(target: str) -> None:
    assert asked_path(target) == "/"


@pytest.mark.parametrize("how", [oidc, cas])
async def test_d1_nobody_is_led_to_another_site(hall: Hall, campus: Provider, how: Any) -> None:
    async with guest(hall, campus, how) as me:
        for target in ELSEWHERE:
            assert (await me.sign_in(target)).headers["location"] == "/"
        assert (await me.sign_in("/cases/C1?tab=log")).headers["location"] == "/cases/C1?tab=log"
        assert (await me.sign_in("/form/borrowing?x=" + "长" * 3000)).headers["location"] == "/"


async def test_d1_nor_by_a_cookie_that_somebody_planted(hall: Hall, campus: Provider) -> None:
    async with guest(hall, campus) as me:
        back = await me.sign((await me.begin()).headers["location"])
        name = next(name for name in me.web.cookies if name.startswith("banshi_attempt_"))
        attempt = unpacked(me.web.cookies[name])
        assert attempt is not None
        planted = type(attempt)(
            state=attempt.state, nonce=attempt.nonce, verifier=attempt.verifier, asked="//evil.example", at=attempt.at
        )
        me.web.cookies.clear()
        me.web.cookies[name] = planted.packed()
        assert (await me.go_back(back)).headers["location"] == "/"


@pytest.mark.parametrize("value", ["", "x", "e30", "bnVsbA", "W10", "eyJzdGF0ZSI6MX0", "é", "=" * 9])
def test_d1_a_cookie_that_is_no_attempt(value: str) -> None:
    assert unpacked(value) is None


async def test_d2_a_session_that_was_planted_is_worth_nothing(hall: Hall, campus: Provider) -> None:
    """Session fixation: the token is new, and the one that the browser had before is over."""
    async with guest(hall, campus) as me:
        before = hall.sign_in("20002")
        me.web.cookies["banshi_session"] = before
        answer = await me.sign_in()
        me.web.cookies.clear()
        given = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("banshi_session="))
        token = given.partition("=")[2].partition(";")[0]
        assert token != before
        assert hall.person_of(before) is None
        assert hall.person_of(token).id == "20001"


async def test_d2_over_https_every_cookie_is_bound_to_this_host(hall: Hall, campus: Provider) -> None:
    async with guest(hall, campus, https=True) as me:
        told = (await me.begin()).headers["set-cookie"]
        assert told.startswith("__Host-banshi_attempt_")
        for word in ("Secure", "HttpOnly", "Path=/", "SameSite=lax"):
            assert word in told
        assert "Domain" not in told


@pytest.mark.parametrize("how", [oidc, cas])
async def test_d3_the_page_offers_what_there_is(hall: Hall, campus: Provider, how: Any) -> None:
    async with guest(hall, campus, how) as me:
        page = (await me.web.get("/sign-in?next=/tasks")).text
        assert 'href="/sign-in/campus?next=/tasks"' in page
        assert "统一身份认证登录" in page
        assert "陈晓雨" not in page
        assert (await me.web.post("/sign-in", data={"person": "20001"})).status_code == 403
    async with guest(hall, campus, how, demo=True) as me:
        page = (await me.web.get("/sign-in", headers={"accept-language": "en"})).text
        assert "Campus sign-in" in page
        assert "Chen Xiaoyu" in page


async def test_d3_without_any_way_in_the_page_says_so(hall: Hall, campus: Provider) -> None:
    async with guest(hall, campus, lambda _: {"demo": False}) as me:
        page = (await me.web.get("/sign-in", headers={"accept-language": "en"})).text
        assert "Nobody can sign in by browser yet" in page
        assert "/sign-in/campus" not in page
        for path in (
            "/sign-in/campus",
            "/sign-in/campus/back?state=x&code=y",
            "/sign-in/campus/leave",
            "/sign-in/fault/down",
        ):
            assert (await me.web.get(path)).headers["location"] == "/sign-in"


@pytest.mark.parametrize(
    ("why", "status"), [("down", 503), ("declined", 403), ("forged", 400), ("late", 400), ("unknown", 403), ("nonsense", 502), ("stays", 200)]
)  # fmt: skip
async def test_d3_every_fault_has_a_page_with_a_way_back(hall: Hall, campus: Provider, why: str, status: int) -> None:
    async with guest(hall, campus) as me:
        titles = set()
        for language in ("zh-CN", "en"):
            answer = await me.web.get(f"/sign-in/fault/{why}?next=/tasks", headers={"accept-language": language})
            assert answer.status_code == status
            assert 'href="/sign-in/campus?next=/tasks"' in answer.text
            assert 'href="/sign-in?next=/tasks"' in answer.text
            titles.add(answer.text.partition("<h1>")[2].partition("</h1>")[0])
        assert len(titles) == 2
        evil = await me.web.get(f"/sign-in/fault/{why}", params={"next": '/x"><script>alert(1)</script>'})
        assert "<script" not in evil.text
        assert (await me.web.get("/sign-in/fault/other")).headers["location"] == "/sign-in"


async def test_d4_signing_out_here_offers_to_sign_out_there(hall: Hall, campus: Provider) -> None:
    async with guest(hall, campus) as me:
        await me.sign_in()
        token = me.web.cookies["banshi_session"]
        answer = await me.web.post("/sign-out")
        assert hall.person_of(token) is None
        page = (await me.web.get(answer.headers["location"], headers={"accept-language": "en"})).text
        assert "You have signed out of the hall." in page
        assert 'href="/sign-in/campus/leave"' in page
        there = (await me.web.get("/sign-in/campus/leave")).headers["location"]
        assert there == (
            f"{campus.url}/logout?client_id=banshi&post_logout_redirect_uri=http%3A%2F%2Fhall%2Fsign-in%3Fleft%3Dall"
        )
        assert "/sign-in/campus/leave" not in (await me.web.get("/sign-in?left=all")).text


async def test_d4_where_the_provider_has_no_sign_out(hall: Hall, campus: Provider) -> None:
    campus.discovery = {"end_session_endpoint": None}
    async with guest(hall, campus) as me:
        assert (await me.web.get("/sign-in/campus/leave")).headers["location"] == "/sign-in/fault/stays"
    campus.behave["/.well-known/openid-configuration"] = "503"
    async with guest(hall, campus) as me:
        refused(await me.web.get("/sign-in/campus/leave"), "down")


FULL = {
    "oidc_issuer": "https://sso.example.edu.cn",
    "oidc_client_id": "banshi",
    "site": "https://banshi.example.edu.cn/",
}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"cas_server": "https://cas.example.edu.cn"}, "BANSHI_CAS_SERVER"),
        ({"oidc_client_id": ""}, "BANSHI_OIDC_CLIENT_ID"),
        ({"oidc_issuer": "http://sso.example.edu.cn"}, "BANSHI_OIDC_ISSUER"),
        ({"oidc_issuer": "sso.example.edu.cn"}, "BANSHI_OIDC_ISSUER"),
        ({"oidc_issuer": "https://sso.example.edu.cn/?x=1"}, "BANSHI_OIDC_ISSUER"),
        ({"oidc_issuer": "https://sso.example.edu.cn:x"}, "BANSHI_OIDC_ISSUER"),
        ({"oidc_issuer": "", "cas_server": "https://me:pw@cas.example.edu.cn"}, "BANSHI_CAS_SERVER"),
        ({"site": ""}, "BANSHI_SITE"),
        ({"site": "banshi.example.edu.cn"}, "BANSHI_SITE"),
        ({"site": "https://banshi.example.edu.cn/hall"}, "BANSHI_SITE"),
    ],
)
def test_d5_settings_that_do_not_fit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: dict[str, str], named: str
) -> None:
    settings = Settings(data=tmp_path / "data", definitions=tmp_path, port=0, **{**FULL, **change})
    with pytest.raises(HallError) as told:
        campus_sign_in(settings)
    assert named in told.value.message("zh")
    assert named in told.value.message("en")
    assert serve(settings) == 1
    assert told.value.message("en") in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


def test_d5_the_start_says_how_people_sign_in() -> None:
    settings = Settings(**FULL, oidc_client_secret=SECRET, demo=False)
    told = greeting(settings, 8080, (), campus_sign_in(settings))
    assert "OpenID Connect https://sso.example.edu.cn" in told
    assert "https://banshi.example.edu.cn/sign-in/campus/back" in told
    assert SECRET not in told + repr(settings) + repr(vars(campus_sign_in(settings)))
    assert "nobody can sign in" not in told
    assert "nobody can sign in by browser" in greeting(Settings(demo=False), 8080, ())
    assert "nobody can sign in" not in greeting(Settings(), 8080, ())
    by_cas = Settings(cas_server="https://cas.example.edu.cn/cas", site="https://banshi.example.edu.cn")
    assert "CAS https://cas.example.edu.cn/cas" in greeting(by_cas, 8080, (), campus_sign_in(by_cas))
