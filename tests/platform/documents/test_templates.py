"""Templates of papers: what they may hold, what they say, and that nothing gets out of them.

T1 every attack payload is named when the workbook is checked, with its line
T2 values are escaped, wherever they come from; a value that stands in a tag or a style is a fault
T3 the sandbox gives no way to Python, to files or to a page without end
T4 unknown names are told with their line; rows and what stands behind a dot are known by their parts
T5 numbers, dates and choices print as people write them in the language, and compare as they are
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from banshi.platform.documents.said import Said, money, node, read, worded
from banshi.platform.documents.templates import NotFilled, fill, forbidden_in, names_in, wrong_with
from banshi.rules.values import CAMPUS_ZONE

NOW = datetime(2026, 9, 1, 9, 0, tzinfo=CAMPUS_ZONE)
PIXEL = "data:image/png;base64,iVBORw0KGgo="
ATTACKS = {
    "meta flag": '<meta name="pdfkit-enable-local-file-access" content="">',
    "refresh": '<meta http-equiv="refresh" content="0;url=file:///etc/passwd">',
    "file frame": '<iframe src="file:///etc/passwd"></iframe>',
    "frame source": "<iframe srcdoc='<p>x</p>'></iframe>",
    "script": "<script>document.write(1)</script>",
    "script in caps": "<ScRiPt src=//x>",
    "handler": '<p onclick="x()">a</p>',
    "picture outside": '<img src="http://169.254.169.254/latest/meta-data/">',
    "picture file": '<img src="file:///etc/passwd">',
    "picture relative": '<img src="x.png">',
    "svg": "<svg><image xlink:href='file:///etc/passwd'/></svg>",
    "svg data": '<img src="data:image/svg+xml;base64,PHN2Zz48L3N2Zz4=">',
    "import": "<style>@import 'http://x/y.css';</style>",
    "style address": "<style>p{background:url(http://x)}</style>",
    "escaped style": r"<style>p{background:\75rl(http://x)}</style>",
    "style attribute": '<p style="background:url(http://x)">a</p>',
    "link": '<link rel="stylesheet" href="http://x/y.css">',
    "base": '<base href="http://x/">',
    "object": '<object data="file:///etc/passwd"></object>',
    "embed": '<embed src="file:///etc/passwd">',
    "background": '<table background="http://x"><tr><td></td></tr></table>',
    "script address": '<a href="javascript:x()">a</a>',
    "data address": '<a href="data:text/html,x">a</a>',
    "entity": '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "instruction": '<?xml-stylesheet href="http://x"?>',
}


@pytest.mark.parametrize("payload", ATTACKS.values(), ids=ATTACKS)
def test_no_template_holds_an_attack(payload: str) -> None:
    """T1: on the third line, and again in a page that is filled in."""
    wrong = list(wrong_with(f"<p>一</p>\n\n{payload}", {}))
    assert [(one.kind, one.line) for one in wrong][:1] == [("forbidden", 3)]
    assert any(True for _ in forbidden_in(payload, filled=True))


def test_what_papers_are_made_of_is_allowed() -> None:
    """T1: tables, styles, pictures in the page itself."""
    plain = f'<!doctype html><style>p{{color:#c00}}</style><h1 class="a">证明</h1><img src="{PIXEL}"><p style="text-align:right">x</p>'
    assert list(wrong_with(plain, {})) == []


@pytest.mark.parametrize("payload", ATTACKS.values(), ids=ATTACKS)
def test_an_answer_is_text_whatever_it_says(payload: str) -> None:
    """T2."""
    made = fill("<p>{{事由}}</p>", {"事由": Said(payload, payload)}, now=NOW, language="zh")
    assert "<p>" in made
    assert list(forbidden_in(made, filled=True)) == []
    assert made.count("<") == 2


@pytest.mark.parametrize(
    "template",
    ["<{{事由}}>", "</{{事由}}>", "<p {{事由}}>", "<p{{事由}}>", "<p style='{{事由}}'>", "<a href='{{事由}}'>", "<img src='{{事由}}'>",
     "<style>p{ {{事由}} }</style>", "<p id=x{{事由}}>", "<p class={{事由}}>", "<p title='x' class=a{{事由}}>",
     "{% autoescape false %}{{事由}}{% endautoescape %}"],
)  # fmt: skip
def test_a_value_stands_in_text_alone(template: str) -> None:
    """T2: in a tag, a style or an address, it is more than text."""
    assert "forbidden" in [one.kind for one in wrong_with(template, {"事由": frozenset()})]
    assert not list(wrong_with('<p class="{{事由}}" title="{{事由}}">{{事由}}</p>', {"事由": frozenset()}))


def test_an_answer_with_braces_hides_nothing() -> None:
    """T2: what somebody typed is not read as a template once more, and no reader is led astray by it."""
    made = fill("<p>{{事由}}</p>", {"事由": Said("{{7*7}}{% if 1 %}", "{{7*7}}{% if 1 %}")}, now=NOW, language="zh")
    assert made == "<p>{{7*7}}{% if 1 %}</p>"
    assert any(True for _ in forbidden_in("{#<script>x</script>#}", filled=True))


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ 事由.__init__.__globals__ }}",
        "{{ 事由.said.__class__ }}",
        "{{ 'a' * 100000000 }}",
        "{{ 事由 * 'a' }}",
        "{{ 9 ** 999999 }}",
        "{{ '%s' % 事由 }}",
        "{% include 'x' %}",
        "{% import 'x' as y %}",
        "{% extends 'x' %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{{ 事由|safe }}",
        "{{ 事由|tojson }}",
        "{{ range(9) }}",
        "{{ self }}",
        "{{ lipsum() }}",
        "{{ cycler }}",
        "{{ open('/etc/passwd') }}",
    ],
)
def test_the_sandbox_holds(template: str) -> None:
    """T3: told at the check, or no paper at all."""
    facts = {"事由": Said("甲", "甲")}
    told = list(wrong_with(template, {"事由": frozenset()}))
    try:
        made = fill(template, facts, now=NOW, language="zh")
    except NotFilled:
        made = ""
    assert told or not made
    assert "class" not in made
    assert len(made) < 1000


def test_a_paper_without_end_is_none() -> None:
    """T3."""
    rows = [read({"t": "text", "v": "长" * 1000, "s": "长" * 1000})] * 999
    with pytest.raises(NotFilled, match="too long"):
        fill("{% for a in 行 %}{% for b in 行 %}{{b}}{% endfor %}{% endfor %}", {"行": rows}, now=NOW, language="zh")


def test_unknown_names_are_told_with_their_line() -> None:
    """T4."""
    known = {
        "姓名": frozenset(),
        "物品": frozenset({"品名"}),
        "办件": frozenset({"单号", "意见"}),
        "办件.意见": frozenset({"姓名"}),
    }
    source = "{{姓名}}\n{{性名}}\n{% for 行 in 物品 %}{{行.品名}}{{行.品各}}\n{{loop.index}}{% endfor %}{{办件.单好}}{{rmb_capital(姓名)}}"
    found = [(one.kind, one.line, one.text) for one in wrong_with(source, known)]
    assert found == [("unknown", 2, "性名"), ("part", 3, "品各"), ("part", 4, "单好")]
    assert [one.kind for one in wrong_with("{% for 见 in 办件.意见 %}{{见.姓各}}{% endfor %}", known)] == ["part"]
    assert [(one.kind, one.line) for one in wrong_with("a\n{% for x in 物品 %}", known)] == [("syntax", 2)]
    assert [one.kind for one in wrong_with("{{ 姓名.名 }}", known)] == ["part"]
    assert names_in(source) == {"姓名", "性名", "物品", "办件", "rmb_capital"}


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (date(2026, 9, 1), "2026年9月1日", "1 September 2026"),
        (datetime(2026, 12, 31, 8, 5), "2026年12月31日 08:05", "31 December 2026, 08:05"),
        (True, "是", "yes"),
        (Decimal("0.10"), "0.10", "0.10"),
        (Decimal("33.333333333333333333"), "33.3333333333333", "33.3333333333333"),
        (("甲", "乙"), "甲、乙", "甲, 乙"),
        (None, "", ""),
    ],
)
def test_values_are_said_in_the_language(value: object, zh: str, en: str) -> None:
    """T5."""
    assert (worded(value, "zh"), worded(value, "en")) == (zh, en)


def test_values_compare_and_compute_as_they_are() -> None:
    """T5: of an amount, of a choice by its name or its label, of a day."""
    facts = {
        "金额": read(node(Decimal("1234.5"), money(Decimal("1234.5")), language="zh")),
        "去向": read({"t": "text", "v": "home", "s": "家中"}),
        "日": read({"t": "date", "v": "2026-09-01", "s": "2026年9月1日"}),
        "空": read({"t": "empty"}),
        "行": read(
            {
                "t": "rows",
                "v": [
                    {"数": {"t": "number", "v": 2, "s": "2"}},
                    {"数": {"t": "number", "v": Decimal("0.5"), "s": "0.5"}},
                ],
            }
        ),
    }

    def said(template: str) -> str:
        return fill(template, facts, now=NOW, language="zh")

    assert said("{{金额}} {{金额 * 2}} {{金额 - 0.5}} {{(金额 / 3)|round(2)}}") == "1,234.50 2469.0 1234.0 411.50"
    assert said("{% if 金额 > 1000 and 去向 == 'home' and 去向 == '家中' %}{{去向}}{% endif %}") == "家中"
    assert said("{% if 空 %}有{% else %}无{% endif %}{{空}}{{空 + 1}}") == "无"
    assert (
        said("{{行|sum('数')}} {{行|length}} {% for 一 in 行 %}{{loop.index}}:{{一.数}}；{% endfor %}")
        == "2.5 2 1:2；2:0.5；"
    )
    assert (
        said("{{rmb_capital(金额)}} {{year(日)}} {{人民币大写(金额)}}")
        == "壹仟贰佰叁拾肆元伍角 2026 壹仟贰佰叁拾肆元伍角"
    )
    with pytest.raises(NotFilled):
        said("{{没有的}}")
