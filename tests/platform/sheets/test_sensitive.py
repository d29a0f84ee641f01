"""The column of the survey that marks personal data, and the setting that says how long they are kept."""

from __future__ import annotations

import pytest
from workbooks import workbook_from_text

from banshi.platform.service.masking import masks_of
from banshi.platform.service.model import Service
from banshi.platform.service.sensitive import Sensitive
from banshi.platform.sheets import load_workbook
from banshi.platform.workbook import read_workbook

HEAD = "| type | name | label | constraint | sensitive |"


def loaded(text: str) -> tuple[Service, list[str]]:
    service, found = load_workbook(read_workbook(workbook_from_text(text), "a.xlsx")[0])
    return service, [f"{one.code} {one.place}" for one in found if one.code.startswith("SHEET-14")]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("yes", Sensitive.ANY),
        ("是", Sensitive.ANY),
        ("证件号", Sensitive.ID_CARD),
        ("ID Card", Sensitive.ID_CARD),
        ("手机", Sensitive.PHONE),
        ("bank_card", Sensitive.BANK_CARD),
        ("银行卡号", Sensitive.BANK_CARD),
        ("姓名", Sensitive.NAME),
        ("否", None),
        ("", None),
    ],
)
def test_words_of_both_languages(word: str, kind: Sensitive | None) -> None:
    service, found = loaded(f"## survey\n{HEAD}\n| text | a | A | | {word} |")
    assert service.sensitive.get("a") is kind
    assert found == []


def test_an_unknown_word_is_a_fault_at_its_cell_and_masks_all(tmp_path: object) -> None:
    service, found = loaded(f"## survey\n{HEAD}\n| text | a | A | | 保密级 |")
    assert found == ["SHEET-140 survey!E2"]
    assert service.sensitive == {"a": Sensitive.ANY}, "rather too little is seen than too much"


def test_a_group_marks_what_is_inside_it() -> None:
    rows = "| begin_repeat | r | R | | id card |\n| text | a | A | | |\n| text | b | B | | no |\n| end_repeat | | | | |\n| text | c | C | | |"
    assert loaded(f"## survey\n{HEAD}\n{rows}")[0].sensitive == {"a": Sensitive.ID_CARD}


@pytest.mark.parametrize(("check", "mark", "told"), [
    ("is-id-card(.)", "", ["SHEET-142 survey!B2"]),
    ("is-bank-card(.) or . = '无'", "", ["SHEET-142 survey!B2"]),
    ("is-id-card(.)", "id card", []),
    ("is-id-card(.)", "no", []),
    ("string-length(.) = 18", "", []),
])  # fmt: skip
def test_numbers_of_people_that_are_not_marked_are_a_notice(check: str, mark: str, told: list[str]) -> None:
    assert loaded(f"## survey\n{HEAD}\n| text | a | A | {check} | {mark} |")[1] == told


@pytest.mark.parametrize(
    ("text", "months"),
    [("3年", 36), ("3 years", 36), ("１ 年", 12), ("6个月", 6), ("18 months", 18), ("1 month", 1)],
)
def test_a_period_is_years_or_months(text: str, months: int) -> None:
    settings = f"## settings\n| form_id | a |\n| form_title | A |\n| 个人信息保存 | {text} |\n\n"
    service, found = loaded(f"{settings}## survey\n{HEAD}\n| text | a | A | | yes |")
    assert (service.settings.personal_kept, found) == (months, [])


@pytest.mark.parametrize("text", ["永久", "三年", "0年", "-1年", "3 weeks", "30"])
def test_what_is_no_period_is_a_fault(text: str) -> None:
    settings = f"## settings\n| form_id | a |\n| form_title | A |\n| personal_data_kept | '{text} |\n\n"
    service, found = loaded(f"{settings}## survey\n{HEAD}\n| text | a | A | | yes |")
    assert (service.settings.personal_kept, found) == (None, ["SHEET-141 settings!B3"])


def test_a_period_without_anything_to_delete_is_a_notice() -> None:
    settings = "## settings\n| form_id | a |\n| form_title | A |\n| personal_data_kept | 3 years |\n\n"
    assert loaded(f"{settings}## survey\n{HEAD}\n| text | a | A | | |")[1] == ["SHEET-143 settings!B3"]


COMPOSED = """
## settings
| form_id | form_title | instance_name |
| a       | 补助       | {title}       |

## survey
| type | name | label | calculation | sensitive |
| text | 姓名 | 姓名 | | name |
| money | 收入 | 收入 | | yes |
| text | 备注 | 备注 | | |
| calculate | 月均 | 月均 | ROUND(${{收入}} / 12, 2) | {mark} |

## policy-提醒
| id | when | verdict | message | message::en |
| P1 | ${{备注}} = "急" | 提醒 | 请 ${{备注}} 办 | |
| P2 | ${{收入}} > 1 | 提醒 | 月均 ${{月均}} 元 | of ${{姓名}} |
"""


@pytest.mark.parametrize(("title", "mark", "told"), [
    ("CONCAT(${姓名}, ${备注})", "", ["SHEET-144 settings!C2", "SHEET-145 policy-提醒!D3", "SHEET-145 policy-提醒!E3"]),
    ("${月均}", "no", ["SHEET-145 policy-提醒!E3"]),
    ("${月均}", "", ["SHEET-144 settings!C2", "SHEET-145 policy-提醒!D3", "SHEET-145 policy-提醒!E3"]),
    ("${备注}", "no", ["SHEET-145 policy-提醒!E3"]),
])  # fmt: skip
def test_titles_and_messages_with_something_sensitive_are_told_at_their_cells(
    title: str, mark: str, told: list[str]
) -> None:
    assert loaded(COMPOSED.format(title=title, mark=mark))[1] == told


DERIVING = """
## survey
| type | name | label | default | calculation | sensitive |
| text | 姓名 | 姓名 | | | name |
| money | 收入 | 收入 | | | yes |
| text | 备注 | 备注 | | | |
| text | 称呼 | 称呼 | ${姓名} | | |
| calculate | 月均 | 月均 | | ROUND(${收入} / 12, 2) | |
| calculate | 句子 | 句子 | | CONCAT("月均", ${月均}) | |
| calculate | 公开 | 公开 | | ${收入} > 0 | no |
| calculate | 又 | 又 | | ${公开} | |
| calculate | 付款 | 付款 | | ${补助} | |
| begin repeat | 家人 | 家人 | | | |
| text | 家人姓名 | 姓名 | | | name |
| end repeat | | | | | |
| calculate | 家 | 家 | | join("、", ${家人姓名}) | |

## rules-等级
| hit | first | |
| when ${收入} at most | then 等级 | then 年收入 |
| 500 | 特困 | 0 |
| | 一般 | '=${收入} * 12 |

## fees
| item | label | quantity | rate | method |
| 补助 | 补助 | ${收入} | 2 | flat |
"""


def test_what_derives_from_sensitive_answers_is_known_by_dependency() -> None:
    names = set(masks_of(loaded(DERIVING)[0]).derived.names)
    assert names == {"称呼", "月均", "句子", "家", "年收入"}, "chosen grades, amounts and what the author cleared stay"
