"""Signing in by CAS 3.0, and the attacks on it, against a server that listens.

C1 there and back · C2 a ticket counts once, for its own attempt and address · C3 XML that cannot be trusted · C4 a server that
misbehaves · C5 single log-out ends what the ticket began
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from campus_doors import cas, guest, hall_of_campus, refused
from campus_providers import Provider, logout_request, provider
from campus_providers import cas as answer_of_cas

from banshi.platform.hall import Hall


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    yield from hall_of_campus(tmp_path_factory.mktemp("hall"))


@pytest.fixture
def campus() -> Iterator[Provider]:
    with provider() as made:
        yield made


def success(inside: str) -> str:
    return answer_of_cas(f"<cas:authenticationSuccess>{inside}</cas:authenticationSuccess>")


async def test_c1_there_and_back(hall: Hall, campus: Provider) -> None:
    async with guest(hall, campus, cas) as me:
        there = (await me.begin("/form/borrowing?a=1&b=2")).headers["location"]
        assert there.startswith(f"{campus.url}/login?service=http%3A%2F%2Fhall%2Fsign-in%2Fcampus%2Fback%3Fstate%3D")
        answer = await me.go_back(await me.sign(there))
        assert answer.headers["location"] == "/form/borrowing?a=1&b=2"
        assert me.person() == "20001"
    asked = next(said for _, path, said in campus.asked if path == "/p3/serviceValidate")
    assert asked["service"] == parse_qs(urlsplit(there).query)["service"][0]


@pytest.mark.parametrize("name", ["employeeNumber", ""])
async def test_c1_the_number_is_an_attribute_or_the_user(hall: Hall, campus: Provider, name: str) -> None:
    campus.person = " t2019a "
    async with guest(hall, campus, cas, cas_attribute=name) as me:
        await me.sign_in()
        assert me.person() == "T2019A"


async def test_c1_an_attribute_that_is_not_there_or_twice(hall: Hall, campus: Provider) -> None:
    async with guest(hall, campus, cas, cas_attribute="studentNumber") as me:
        refused(await me.sign_in(), "nonsense")
        twice = "<cas:studentNumber>20001</cas:studentNumber><cas:studentNumber>20007</cas:studentNumber>"
        campus.answer = success(f"<cas:user>20001</cas:user><cas:attributes>{twice}</cas:attributes>")
        refused(await me.sign_in(), "nonsense")


async def test_c1_somebody_who_is_not_in_the_organisation(
    hall: Hall, campus: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    campus.person = "20239999"
    async with guest(hall, campus, cas) as me:
        refused(await me.sign_in(), "unknown")
        assert me.person() == ""
    assert "'20239999' is not in the organisation workbook" in caplog.text
    assert "ST-" not in caplog.text


async def test_c2_a_ticket_counts_once(hall: Hall, campus: Provider) -> None:
    async with guest(hall, campus, cas) as me:
        back = await me.sign((await me.begin()).headers["location"])
        kept = dict(me.web.cookies)
        assert (await me.go_back(back)).headers["location"] == "/cases"
        refused(await me.go_back(back), "forged")
        me.web.cookies.clear()
        me.web.cookies.update({name: value for name, value in kept.items() if "attempt" in name})
        refused(await me.go_back(back), "late")
        assert me.person() == ""


async def test_c2_a_ticket_without_an_attempt_of_this_browser(hall: Hall, campus: Provider) -> None:
    async with guest(hall, campus, cas) as me:
        link = await me.sign((await me.begin()).headers["location"])
        me.web.cookies.clear()
        refused(await me.go_back(link), "forged")
        refused(await me.go_back("http://hall/sign-in/campus/back?ticket=ST-1"), "forged")
        assert campus.count("/p3/serviceValidate") == 0


async def test_c2_a_ticket_for_another_address_or_another_attempt(hall: Hall, campus: Provider) -> None:
    async with guest(hall, campus, cas) as me:
        for service in ("http://library.example.edu.cn/", "http://hall/sign-in/campus/back?state=another"):
            stolen = parse_qs(urlsplit(campus.ticketed(service)).query)["ticket"][0]
            there = (await me.begin()).headers["location"]
            mine = parse_qs(urlsplit(there).query)["service"][0]
            refused(await me.go_back(f"{mine}&{urlencode({'ticket': stolen})}"), "nonsense")
            assert me.person() == ""


@pytest.mark.parametrize(
    "inside",
    [
        '<!DOCTYPE x [<!ENTITY e "20001">]>' + success("<cas:user>&e;</cas:user>"),
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + success("<cas:user>&e;</cas:user>"),
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">' + success("<cas:user>20001</cas:user>"),
        '<!DOCTYPE x [<!ENTITY a "' + "b" * 100 + '"><!ENTITY c "' + "&a;" * 100 + '">]>' + success("<cas:user>&c;</cas:user>"),
        success("<cas:user>20001</cas:user>").removesuffix(">"),
        success("<cas:user><cas:user>20001</cas:user></cas:user>"),
        success("<cas:user>20001<x/></cas:user>"),
        success("<cas:user>20001</cas:user><cas:user>20007</cas:user>"),
        success("<cas:user></cas:user>"),
        success("<user>20001</user>"),
        success("<cas:user>20001&#10;x</cas:user>"),
        success(""),
        answer_of_cas(""),
        answer_of_cas("<cas:user>20001</cas:user>"),
        answer_of_cas("<cas:authenticationSuccess><cas:user>20001</cas:user></cas:authenticationSuccess><cas:authenticationFailure/>"),
        answer_of_cas("<cas:proxySuccess/>"),
        success("<cas:user>20001</cas:user>").replace("http://www.yale.edu/tp/cas", "http://example.com"),
        "yes\n20001\n",
        "<html><body>Welcome 20001</body></html>",
        "<a>" * 50_000,
        '<?xml version="1.0" encoding="utf-9"?>' + success("<cas:user>20001</cas:user>"),
    ],
    ids=range(21),
)  # fmt: skip
async def test_c3_an_answer_that_cannot_be_trusted(hall: Hall, campus: Provider, inside: str) -> None:
    campus.answer = inside
    async with guest(hall, campus, cas) as me:
        refused(await me.sign_in(), "nonsense")
        assert me.person() == ""


async def test_c3_a_comment_does_not_shorten_a_name(hall: Hall, campus: Provider) -> None:
    """Readers that stop at a comment take `20001<!---->@guest` for 20001."""
    campus.answer = success("<cas:user>20001<!-- -->x</cas:user>")
    async with guest(hall, campus, cas) as me:
        refused(await me.sign_in(), "unknown")


@pytest.mark.parametrize(
    ("how", "why"), [("hang", "down"), ("drip", "down"), ("flood", "nonsense"), ("turn", "nonsense"), ("500", "down"), ("403", "nonsense")]
)  # fmt: skip
async def test_c4_a_server_that_misbehaves(hall: Hall, campus: Provider, how: str, why: str) -> None:
    campus.behave["/p3/serviceValidate"] = how
    async with guest(hall, campus, cas, seconds=0.5 if why == "down" else 10.0) as me:
        answer = await me.sign_in("/tasks")
        refused(answer, why)
        assert answer.headers["location"].endswith("?next=/tasks")


async def ended(me: Any, message: str) -> None:
    answer = await me.web.post("/sign-in/campus/back?state=x", data={"logoutRequest": message})
    assert answer.status_code == 200


async def test_c5_single_log_out_ends_what_the_ticket_began(hall: Hall, campus: Provider) -> None:
    async with guest(hall, campus, cas) as me:
        await me.sign_in()
        other = me.web.cookies["banshi_session"]
        me.web.cookies.clear()
        back = await me.sign((await me.begin()).headers["location"])
        await me.go_back(back)
        ticket = parse_qs(urlsplit(back).query)["ticket"][0]
        for message in ("", "nonsense", logout_request(""), logout_request("ST-another"), logout_request(ticket).replace("LogoutRequest", "X"),
                        f'<!DOCTYPE x [<!ENTITY e "{ticket}">]>' + logout_request("&e;")):  # fmt: skip
            await ended(me, message)
            assert me.person() == "20001"
        await ended(me, logout_request(f" {ticket} "))
        assert me.person() == ""
        assert hall.person_of(other).id == "20001"  # another sign-in, with a ticket of its own


async def test_c5_the_campus_sign_out(hall: Hall, campus: Provider) -> None:
    async with guest(hall, campus, cas) as me:
        await me.sign_in()
        there = (await me.web.get("/sign-in/campus/leave")).headers["location"]
        assert there == f"{campus.url}/logout?service=http%3A%2F%2Fhall%2Fsign-in%3Fleft%3Dall"
