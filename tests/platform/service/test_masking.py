"""What is left to be seen of a sensitive answer, and where masks are put."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from workbooks import workbook_from_text

from banshi.platform.service.masking import NO_MASKS, Masks, masks_of
from banshi.platform.service.model import Service
from banshi.platform.service.sensitive import Sensitive, mask
from banshi.platform.sheets import load_workbook
from banshi.platform.workbook import read_workbook


@pytest.mark.parametrize(
    ("kind", "text", "seen"),
    [
        (Sensitive.ID_CARD, "11010519491231002X", "110105********002X"),
        (Sensitive.ID_CARD, "110105 19491231 002X", "110105********002X"),
        (Sensitive.ID_CARD, "E12345678", "****"),  # a passport is too short for what an identity card leaves
        (Sensitive.PHONE, "13800005678", "138****5678"),
        (Sensitive.PHONE, "62751234", "****"),
        (Sensitive.BANK_CARD, "6228480402564890018", "622848*********0018"),
        (Sensitive.NAME, "李沐阳", "李**"),
        (Sensitive.NAME, "李", "****"),
        (Sensitive.ANY, "特困", "****"),
    ],
)
def test_a_mask_leaves_what_its_kind_says(kind: Sensitive, text: str, seen: str) -> None:
    assert mask(text, kind) == seen


def service(rows: str) -> Service:
    data = workbook_from_text(
        f"## 表单\n| 类型 | 名称 | 标签 | 敏感 |\n{rows}\n\n## 选项\n| 列表 | 名称 | 标签 |\n| 级 | 特困 | 特困 |\n"
    )
    made, found = load_workbook(read_workbook(data, "a.xlsx")[0])
    assert not [one for one in found if one.severity == "error"], found
    return made


@pytest.fixture
def masks() -> Masks:
    return masks_of(
        service(
            "| 文本 | 姓名 | 姓名 | 姓名 |\n| 文本 | 证件 | 证件 | 证件号 |\n| 整数 | 收入 | 收入 | 是 |\n| 日期 | 生日 | 生日 | 是 |\n"
            "| 单选 级 | 等级 | 等级 | 是 |\n| 明细开始 | 家人 | 家人 | |\n| 文本 | 家人证件 | 证件 | 证件号 |\n| 明细结束 | | | |"
        )
    )


def test_answers_are_masked_under_their_names_however_deep(masks: Masks) -> None:
    told = {
        "收入": Decimal(1200),
        "家人": [{"家人证件": "440524188001010014", "关系": "父"}],
        "家人[1].家人证件": "440524188001010014",
    }
    assert masks.json(told) == {
        "收入": "****",
        "家人": [{"家人证件": "440524********0014", "关系": "父"}],
        "家人[1].家人证件": "440524********0014",
    }


def test_what_was_answered_is_masked_inside_texts(masks: Masks) -> None:
    own = masks.over({"姓名": "李沐阳", "证件": "11010519491231002X", "等级": "特困", "生日": date(1949, 12, 31)})
    assert (
        own.text("李沐阳（11010519491231002X）是特困，1949-12-31 出生") == "李**（110105********002X）是特困，**** 出生"
    )
    assert own.json([{"label": "等级", "value": "特困", "cell": "规则!A3"}]) == [
        {"label": "等级", "value": "****", "cell": "规则!A3"}
    ]
    assert own.json({"values": [["等级", "特困"], ["金额", "800"]]}) == {"values": [["等级", "****"], ["金额", "800"]]}


def test_short_words_do_not_spoil_texts(masks: Masks) -> None:
    own = masks.over({"收入": Decimal(12), "姓名": "李"})
    assert own.text("12 件，李敏经办") == "12 件，李敏经办"


def test_the_longest_of_several_answers_goes_first(masks: Masks) -> None:
    own = masks.over({"姓名": "李沐"}, {"姓名": "李沐阳"})
    assert own.text("李沐阳和李沐") == "李**和李*"


def test_blank_answers_stay_blank_and_files_keep_their_kind(masks: Masks) -> None:
    file = {"id": "01", "name": "李沐阳.pdf", "size": 3, "type": "application/pdf"}
    assert masks.json({"证件": "", "姓名": None}) == {"证件": "", "姓名": None}
    assert masks.json({"证件": file}) == {"证件": {**file, "id": "", "name": "****.pdf"}}


def test_nothing_is_masked_where_nothing_is_marked() -> None:
    bare = masks_of(service("| 文本 | 姓名 | 姓名 | |"))
    assert bare is NO_MASKS
    assert not bare
    assert bare.over({"姓名": "李沐阳"}).json({"姓名": "李沐阳"}) == {"姓名": "李沐阳"}


def test_marks_of_any_version_count() -> None:
    old, new = service("| 文本 | 甲 | 甲 | |\n| 文本 | 乙 | 乙 | 是 |"), service("| 文本 | 甲 | 甲 | 手机 |")
    assert masks_of(old, new, None).kinds == {"甲": Sensitive.PHONE, "乙": Sensitive.ANY}
