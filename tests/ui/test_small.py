"""Small parts: safe elements, local paths, uploads, settings, counts, explanations, listings."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from fake_hall import PEOPLE, FakeHall
from starlette.requests import Request

from banshi.platform.errors import StorageFailed
from banshi.platform.forms.rights import answered
from banshi.platform.views import Page, StepView, TaskView, Waiting
from banshi.ui.components.chart import amounts
from banshi.ui.components.drawing import Drawing, hole
from banshi.ui.rest.files import file_name
from banshi.ui.screens.case import opened
from banshi.ui.screens.explanation import _line
from banshi.ui.screens.frame import _read_later
from banshi.ui.screens.html import ATTRIBUTES, UnsafeAttribute, tag
from banshi.ui.screens.listing import Cell, Pager, _pager
from banshi.ui.screens.live import Counts
from banshi.ui.screens.pieces import comes_next
from banshi.ui.session import language_of, local_path
from banshi.ui.settings import Settings
from banshi.ui.texts import Texts
from banshi.ui.uploads import AT_MOST, SECONDS, Uploads

UI = Path(__file__).parents[2] / "ui"


@pytest.mark.parametrize("target", ["/cases/C1", "/auditor?q=%E7%94%B5&page=2", "/"])
def test_a_path_of_ours_is_gone_on_to(target: str) -> None:
    assert local_path(target) == target


def test_the_fields_of_all_open_tasks_of_a_person_are_open() -> None:
    first = TaskView(
        id="1", step_id="20", step_name="财务", actions=(), edit=("金额",), require=("金额",), return_to=()
    )
    second = replace(first, id="2", edit=("金额", "结论"), require=("结论",))
    assert opened([first, second]) == (["金额", "结论"], ["金额", "结论"])


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "",
        "/a\nb",
        "/language/en?next=/x",
    ],
)
def test_any_other_target_leads_to_the_hall(target: str) -> None:
    assert local_path(target) == "/"


def test_text_from_sheets_cannot_become_code() -> None:
    """Only one module sends JavaScript, and no screen writes HTML or evaluated attributes."""
    forbidden = (
        "run_javascript",
        "ui.html",
        "ui.markdown",
        "add_body_html",
        "innerHTML",
        "v-html",
        ".props(",
        ".style(",
        "sanitize=",
    )
    for path in [*UI.glob("*.py"), *UI.glob("screens/*.*"), *UI.glob("rest/*.py")]:
        text = path.read_text()
        found = [word for word in forbidden if word in text and not (word == "innerHTML" and path.name == "html.py")]
        assert path.name == "browser.py" or found == [], path


def test_dangerous_attributes_do_not_exist() -> None:
    assert not {name for name in ATTRIBUTES if name.startswith(("on", ":", "v-"))}
    assert not {"innerHTML", "srcdoc", "style", "textContent"} & ATTRIBUTES


@pytest.mark.parametrize(
    "attributes",
    [{"onclick": "x"}, {":title": "x"}, {"innerHTML": "<b>"}, {"href": "javascript:alert(1)"}, {"href": " javascript:x"},
     {"src": "data:text/html,x"}, {"action": "evil.example"}],
)  # fmt: skip
def test_an_element_refuses_them(attributes: dict[str, str]) -> None:
    from nicegui import Client
    from nicegui.page import page

    client = Client(page(""))
    with client:
        with pytest.raises(UnsafeAttribute):
            tag("a", "text", **attributes)
        with pytest.raises(UnsafeAttribute), Drawing().draw():
            tag("a", "text", **attributes)
    client.delete()


def nodes_of(drawing: Drawing) -> Any:
    """The nodes as a browser gets them."""
    return orjson.loads(orjson.dumps(drawing._props["nodes"]))


def test_a_drawing_is_one_element_with_its_nodes_as_they_were_nested() -> None:
    from nicegui import Client
    from nicegui.page import page

    client = Client(page(""))
    with client:
        made = Drawing()
        with made.draw():
            with tag("ul", "", "route", aria_label="环节", hidden=None):
                tag("li", "申请 <b>")
                with tag("li"):
                    hole("more")
            tag("p")
        one, other = nodes_of(made)
        before = len(client.elements)
        with made, made.draw():
            tag("p", "重画")
        assert len(client.elements) == before
        tag("p")
        assert len(client.elements) == before + 1
    (again,) = nodes_of(made)
    assert one == [
        "ul",
        {"class": "route", "aria-label": "环节"},
        [["li", {}, ["申请 <b>"]], ["li", {}, [{"slot": "more"}]]],
    ]
    assert (other, again) == (["p", {}, []], ["p", {}, ["重画"]])
    client.delete()


def test_an_open_page_keeps_of_its_request_what_is_read_later_and_nothing_that_answered_it() -> None:
    headers = [(b"cookie", b"banshi_session=T"), (b"host", b"hall")]
    scope = {
        "type": "http",
        "path": "/tasks",
        "query_string": b"page=2",
        "headers": headers,
        "fastapi_inner_astack": [0],
    }
    kept = _read_later(Request({**scope, "client": ("10.0.0.1", 1)}, receive=lambda: None))
    assert kept.cookies == {"banshi_session": "T"}
    assert (kept.url.path, kept.url.query, kept.client.host) == ("/tasks", "page=2", "10.0.0.1")
    assert "fastapi_inner_astack" not in kept.scope


def test_a_listing_links_to_our_own_pages_only() -> None:
    with pytest.raises(ValueError, match=r"evil\.example"):
        Cell("x", "https://evil.example").to_json()


def test_a_pager_keeps_the_question_and_knows_its_ends() -> None:
    pager = Pager("/auditor", {"q": "电费", "kind": ""})
    first = _pager(Page(items=[], page=1, size=20, total=41), pager, Texts("zh"))
    last = _pager(Page(items=[], page=3, size=20, total=41), pager, Texts("zh"))
    assert (first["previous"], first["next"]) == ("", "/auditor?q=%E7%94%B5%E8%B4%B9&page=2")
    assert (last["previous"], last["next"]) == ("/auditor?q=%E7%94%B5%E8%B4%B9&page=2", "")
    assert last["page"] == "第 3 / 3 页"


def test_uploads_belong_to_a_session_and_end() -> None:
    now = [0.0]
    uploads = Uploads(clock=lambda: now[0])
    mine = uploads.keep("li", "a.xlsx", b"1")
    assert uploads.get("li", mine).data == b"1"
    assert uploads.get("zhang", mine) is None
    newer = uploads.keep("li", "b.xlsx", b"2")
    assert uploads.get("li", mine) is None
    now[0] = SECONDS + 1
    assert uploads.get("li", newer) is None


def test_uploads_are_few() -> None:
    uploads = Uploads()
    ids = [uploads.keep(f"person-{n}", "a.xlsx", b"1") for n in range(AT_MOST + 1)]
    assert uploads.get("person-0", ids[0]) is None
    assert uploads.get("person-1", ids[1]) is not None


@pytest.mark.parametrize(
    ("given", "kept"),
    [("采购.xlsx", "采购.xlsx"), ("C:\\Users\\li\\a.xlsx", "a.xlsx"), ("../../etc/passwd", "passwd"), ("a\r\nb.csv", "ab.csv"), ("", "file")],
)  # fmt: skip
def test_a_file_name_is_only_a_name(given: str, kept: str) -> None:
    assert file_name(given) == kept


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANSHI_PORT", "9001")
    monkeypatch.setenv("BANSHI_DEMO", "false")
    settings = Settings()
    assert (settings.port, settings.demo, settings.is_local) == (9001, False, True)
    assert not Settings(host="0.0.0.0").is_local
    assert Settings(host="::1").is_local


class Pages:
    """Stands for a NiceGUI client: knows when it is gone."""

    def __init__(self, name: str) -> None:
        self.id = name
        self.gone: list[Any] = []

    def on_delete(self, handler: Any) -> None:
        self.gone.append(handler)


async def test_counts_ask_once_a_person_and_stop_when_the_page_is_gone() -> None:
    asked: list[str] = []
    hall = SimpleNamespace(waiting=lambda person: asked.append(person.id) or Waiting(3, 1))
    counts, shown, one, two = Counts(hall), [], Pages("1"), Pages("2")
    counts.follow(one, PEOPLE[2], shown.append)
    counts.follow(two, PEOPLE[2], shown.append)
    await counts.tick()
    await counts.tick()
    assert asked == [PEOPLE[2].id] * 2
    assert shown == [Waiting(3, 1)] * 2
    for page in (one, two):
        for handler in page.gone:
            handler()
    await counts.tick()
    assert asked == [PEOPLE[2].id] * 2


def test_no_half_case_stands_on_an_axis() -> None:
    assert amounts({"件数": [3, None, Decimal("1")]})["minInterval"] == 1
    assert "minInterval" not in amounts({"天数": [Decimal("0.5"), 2]})


async def test_counts_stay_while_the_store_is_away() -> None:
    answers = iter([Waiting(3, 1), StorageFailed("没有保存", "nothing was saved"), Waiting(4, 0)])

    def waiting(_: object) -> Waiting:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    counts, shown = Counts(SimpleNamespace(waiting=waiting)), []
    counts.follow(Pages("1"), PEOPLE[2], shown.append)
    for _ in range(3):
        await counts.tick()
    assert shown == [Waiting(3, 1), Waiting(4, 0)]


def test_an_explanation_line_reads_in_one_language() -> None:
    line = {
        "label": "单价",
        "value": Decimal("0.698"),
        "cell": "fees.e!D6",
        "zh": "元/度",
        "en": "yuan a kWh",
        "parts": [],
    }
    told = _line(line, Texts("en"))
    assert told == {"label": "单价", "value": "0.698", "cell": "fees.e!D6", "note": "yuan a kWh", "parts": []}


def test_the_fake_hall_knows_every_method_that_the_real_one_shows() -> None:
    """What the screens call is there in both, under the same names of parameters."""
    import inspect

    from banshi.platform.hall import Hall
    from banshi.platform.workshop import Workshop

    for name, method in inspect.getmembers(FakeHall, inspect.isfunction):
        if name.startswith("_"):
            continue
        real = list(inspect.signature(getattr(Hall if hasattr(Hall, name) else Workshop, name)).parameters)
        fake = list(inspect.signature(method).parameters)
        assert fake == real or "more" in fake, name


def test_what_counts_as_answered() -> None:
    answers = {
        "用途": "",
        "金额": 0,
        "危险源": ["无"],
        "照片": [{"id": "f1", "name": "表.jpg", "size": 9, "type": "image/jpeg"}],
        "行": [{"品名": "乙醇", "CAS": None}],
        "空": [],
    }
    assert answered(answers) == {"金额", "危险源", "照片", "行", "品名"}


@pytest.mark.parametrize(
    ("cookie", "browser", "language"),
    [
        ("", "", "zh"),
        ("", "en-US,en;q=0.9,zh-CN;q=0.8", "en"),
        ("", "de-DE, zh-CN;q=0.8, en;q=0.5", "zh"),
        ("zh", "en-US", "zh"),
        ("xx", "ja", "zh"),
    ],
)
def test_the_language_is_the_one_chosen_here_else_the_browsers(cookie: str, browser: str, language: str) -> None:
    request = SimpleNamespace(
        cookies={"banshi_language": cookie} if cookie else {}, headers={"accept-language": browser}
    )
    assert language_of(request) == language


@pytest.mark.parametrize(
    ("bill", "shown", "absent"),
    [
        ({"lines": [], "total": 0, "applies": False}, "没有适用的收费项目", "合计"),
        ({"lines": [{"item": "电费", "amount": "38.39"}], "total": "38.39"}, "¥ 38.39", "没有适用"),
        ({"lines": [{"item": "积分", "amount": 12, "unit": "分"}], "total": 12, "unit": "分"}, "12 分", "¥"),
        ({"lines": [], "total": 0, "carries": [{"name": "超额电费.carry", "amount": 19}]}, "超额电费：结转下期 19", "没有适用"),
    ],
)  # fmt: skip
def test_a_bill_shows_its_unit_what_is_carried_on_and_that_nothing_applies(
    bill: dict[str, object], shown: str, absent: str
) -> None:
    """A bill that was stored before it had these keys is shown as before."""
    text = shown_bills({"费": bill})
    assert shown in text
    assert absent not in text


def test_of_several_bills_those_that_charge_something_are_shown() -> None:
    tiers = {"lines": [], "total": 0, "applies": False}
    flat = {
        "lines": [{"item": "电费", "label": "电费", "label_en": "Electricity", "amount": "38.39"}],
        "total": "38.39",
    }
    text = shown_bills({"阶梯": tiers, "超额": flat})
    assert "¥ 38.39" in text
    assert "没有适用" not in text
    assert "阶梯" not in text
    assert "没有适用" in shown_bills({"阶梯": tiers, "分时": tiers})
    assert "Electricity" in shown_bills({"超额": flat}, "en")


def shown_bills(bills: dict[str, dict[str, object]], language: str = "zh") -> str:
    from nicegui import Client
    from nicegui.page import page

    from banshi.ui.screens import pieces
    from banshi.ui.texts import Texts

    client = Client(page(""))
    with client:
        pieces.bill(Texts(language), bills)
    text = "\n".join(str(element._to_dict()) for element in client.elements.values())
    client.delete()
    return text


def test_the_next_steps_are_all_that_stand_side_by_side() -> None:
    steps = [
        StepView(id="20", name="学院负责人", state="active"),
        StepView(id="40", name="财务处", state="pending", group="会签", people=[PEOPLE[0]]),
        StepView(id="40.1", name="财务处复核", state="pending", group="会签"),
        StepView(id="41", name="保卫处", state="pending", group="会签"),
        StepView(id="50", name="归档", state="pending"),
    ]
    t = Texts("zh")
    assert comes_next(t, steps) == f"财务处（{PEOPLE[0].name}）、保卫处"
    assert comes_next(t, steps[-1:]) == "归档"
    assert comes_next(t, steps[:1]) == ""
