"""The campus sign-in in a real browser, on a phone.

1. Somebody opens a link, signs in on the university's page, is at the page that she asked for, and signs out here and there.
2. A session that the campus sign-in ends while a form is open loses nothing of what was typed, and shows it to nobody else.
3. Somebody whom the hall does not know is told so, and has a way back.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator

import httpx
import pytest
from campus_providers import CLIENT, SECRET, Provider, logout_request, provider
from playwright.sync_api import Browser, Page, expect
from visiting import NARROW, Visitor, serve, violations

pytestmark = pytest.mark.browser


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="module", params=["oidc", "cas"])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Provider]]:
    """A hall with a campus sign-in of each kind, and without demo people."""
    with provider() as campus, pytest.MonkeyPatch.context() as settings:
        port = free_port()
        settings.setenv("BANSHI_DEMO", "false")
        settings.setenv("BANSHI_SITE", f"http://127.0.0.1:{port}")
        if request.param == "cas":
            settings.setenv("BANSHI_CAS_SERVER", campus.url)
        else:
            settings.setenv("BANSHI_OIDC_ISSUER", campus.url)
            settings.setenv("BANSHI_OIDC_CLIENT_ID", CLIENT)
            settings.setenv("BANSHI_OIDC_CLIENT_SECRET", SECRET)
        for hall in serve(str(tmp_path_factory.mktemp("hall")), port=port):
            yield hall, campus


def sign_in(page: Page, person: str) -> None:
    page.get_by_role("link", name="Campus sign-in", exact=True).click()
    expect(page.get_by_role("heading")).to_have_text("大学统一身份认证")
    page.get_by_role("button", name=f"登录 {person}").click()


def test_1_there_and_back_and_out(browser: Browser, place: tuple[str, Provider]) -> None:
    hall, campus = place
    campus.person = "20001"
    phone = Visitor(browser, hall, "", NARROW)
    page = phone.go("/language/en?next=/form/borrowing?天数=3")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(page.get_by_role("button")).to_have_count(0)  # no demo people
    sign_in(page, "20001")
    expect(page.get_by_label("借用天数")).to_have_value("3")
    page.locator("[popovertarget=person-menu]").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{hall}/sign-in?left=hall")
    expect(page.get_by_role("status")).to_contain_text("You have signed out of the hall.")
    assert violations(page) == []
    page.get_by_role("link", name="Sign out of the campus sign-in").click()
    expect(page.get_by_role("status")).to_have_text("You have signed out of the hall.")
    expect(page.get_by_role("link", name="Sign out")).to_have_count(0)
    assert campus.count("/logout") == 1
    phone.go("/cases")
    expect(page).to_have_url(f"{hall}/sign-in?next=/cases")
    phone.done()


def end_session(hall: str, campus: Provider, page: Page, tickets: list[str]) -> None:
    """As the campus sign-in does it where it can (CAS), else as a sign-out in another tab would."""
    if tickets:
        httpx.post(
            f"{hall}/sign-in/campus/back", data={"logoutRequest": logout_request(tickets[-1])}
        ).raise_for_status()
    else:
        cookies = {one["name"]: one["value"] for one in page.context.cookies()}
        httpx.post(f"{hall}/sign-out", cookies=cookies)
        expect(page.get_by_role("status")).to_contain_text("You have signed out of the hall.")


def test_2_a_session_that_ends_loses_nothing(
    browser: Browser, place: tuple[str, Provider], monkeypatch: pytest.MonkeyPatch
) -> None:
    hall, campus = place
    tickets: list[str] = []
    validated = Provider.validated
    monkeypatch.setattr(
        Provider, "validated", lambda self, ticket, service: tickets.append(ticket) or validated(self, ticket, service)
    )
    campus.person = "20001"
    phone = Visitor(browser, hall, "", NARROW)
    page = phone.go("/language/en?next=/form/borrowing")
    sign_in(page, "20001")
    expect(page.get_by_label("借用天数")).to_be_visible()
    if tickets:
        end_session(hall, campus, page, tickets)
        page.get_by_label("用途").fill("毕业设计的电镜样品")  # the page does not know yet, and she goes on typing
        sign_in(page, "20001")
        expect(page).to_have_url(f"{hall}/services/borrowing/apply")
        expect(page.get_by_label("用途")).to_have_value("毕业设计的电镜样品")
    page.get_by_label("用途").fill("毕业设计的光谱样品")
    end_session(hall, campus, page, tickets)
    campus.person = "20002"
    phone.go("/services/borrowing/apply")
    sign_in(page, "20002")
    expect(page.get_by_label("用途")).to_have_value("")
    end_session(hall, campus, page, tickets)
    campus.person = "20001"
    phone.go("/services/borrowing/apply")
    sign_in(page, "20001")
    expect(page.get_by_label("用途")).to_have_value("毕业设计的光谱样品")
    phone.done()


def test_3_somebody_whom_the_hall_does_not_know(browser: Browser, place: tuple[str, Provider]) -> None:
    hall, campus = place
    campus.person = "20239999"
    phone = Visitor(browser, hall, "", NARROW)
    page = phone.go("/language/en?next=/tasks")
    sign_in(page, "20239999")
    expect(page.get_by_role("heading", level=1)).to_have_text("The hall does not know you yet")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert "code=" not in page.url
    assert "ticket=" not in page.url
    page.get_by_role("link", name="中文").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("办事大厅里还没有您的账号")
    campus.person = "20001"
    page.get_by_role("link", name="重新登录").click()
    page.get_by_role("button", name="登录 20001").click()
    expect(page).to_have_url(f"{hall}/tasks")
    phone.wrong = [text for text in phone.wrong if "status of 403" not in text]
    phone.done()
