"""Texts: both languages say everything, every text is used, values read well."""

from __future__ import annotations

import re
import string
from decimal import Decimal
from pathlib import Path

import pytest

from banshi.ui.texts import TABLE, Texts, half

UI = Path(__file__).parents[2] / "ui"
SOURCES = "\n".join(
    path.read_text() for pattern in ("*.py", "screens/*.py", "screens/plain/*.html", "rest/*.py") for path in UI.glob(pattern)
    if path.name != "texts.py"
)  # fmt: skip
FAMILIES = (
    "case.state.",
    "step.state.",
    "event.",
    "task.did.",
    "owner.origin.",
    "decision.",
    "error.",
    "nav.",
    "report.severity.",
    "sign_in.group.",
)


def facts(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_say_it_with_the_same_facts() -> None:
    wrong = [key for key, (zh, en) in TABLE.items() if not zh or not en or facts(zh) != facts(en)]
    assert wrong == []
    assert [key for key, (_, en) in TABLE.items() if re.search(r"[\u4e00-\u9fff]", en)] == []


def test_every_text_is_used() -> None:
    def used(key: str) -> bool:
        key = re.sub(r"^(task\..*)\.own$", r"\1", key)  # what is said instead to whoever decides on her own case
        key = key.removesuffix(".one")  # what is said instead of a count of one
        built = f'"{key.rsplit(".", 1)[0]}.{{' in SOURCES or key.startswith(FAMILIES)
        return built or f'"{key}"' in SOURCES or f"'{key}'" in SOURCES

    assert [key for key in TABLE if not used(key)] == []


def test_every_text_that_a_screen_asks_for_exists() -> None:
    asked = set(re.findall(r'\bt\(\s*"([a-z_]+(?:\.[a-z_0-9 ]+)*)"', SOURCES))
    assert len(asked) > 100
    assert asked <= set(TABLE)


def test_chinese_texts_use_chinese_punctuation() -> None:
    wrong = [zh for zh, _ in TABLE.values() if re.search(r"[\u4e00-\u9fff][,;:?!]", zh)]
    assert wrong == []


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (None, "", ""),
        (True, "是", "yes"),
        (Decimal("9.60"), "9.60", "9.60"),
        (Decimal("1E+2"), "100", "100"),
        ({"a": Decimal(1), "b": None}, "a = 1", "a = 1"),
        (["甲", "乙"], "甲、乙", "甲, 乙"),
        ({"error": "除以零", "cell": "a!B2"}, "除以零", "除以零"),
    ],
)
def test_values_read_well(value: object, zh: str, en: str) -> None:
    assert Texts("zh").value(value) == zh
    assert Texts("en").value(value) == en


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (Decimal("38.39"), "¥ 38.39"),
        (Decimal("9.6"), "¥ 9.60"),
        (Decimal(1280000), "¥ 1,280,000.00"),
        (Decimal("0.698"), "¥ 0.698"),
        ("12.5", "¥ 12.50"),
        (None, "—"),
        ("NaN", "—"),
    ],
)
def test_money_keeps_its_digits(amount: object, shown: str) -> None:
    assert Texts("zh").money(amount) == shown


def test_a_note_in_two_languages_is_shown_in_one() -> None:
    note = "采购办：科研经费采购、试剂下单 Purchasing Office, research funds"
    assert half(note, "zh") == "采购办：科研经费采购、试剂下单"
    assert half(note, "en") == "Purchasing Office, research funds"
    assert half("只有中文", "en") == "只有中文"


def test_one_of_a_kind_is_told_in_the_singular() -> None:
    say = Texts("en")
    assert say("report.changes", count=1) == "1 difference from the live version"
    assert say("report.changes", count=2) == "2 differences from the live version"
    assert Texts("zh")("report.changes", count=1) == "与现行版相比有 1 处不同"
