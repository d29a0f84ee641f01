"""Texts of a cell as lines.

1. Lines stay lines, and a list on one line is an item a line, with the author's numbers.
2. What only looks like an item stays where it is.
"""

import pytest

from banshi.ui.screens.prose import lines_of


@pytest.mark.parametrize(
    "text",
    [
        "1. 填写申请\n2. 学院审核\n\n3. 领取",
        "1. 填写申请 2. 学院审核 3. 领取",
        "1. 填写申请；2. 学院审核； 3. 领取",
        "1. 填写申请\n2. 学院审核 3. 领取",
    ],
)
def test_1_a_list_is_an_item_a_line(text):
    assert lines_of(text) == ["1. 填写申请", "2. 学院审核", "3. 领取"]


def test_1_other_numbers_and_a_sentence_before_and_after():
    assert lines_of("办理步骤：1、填表。2、交费。3、取证。\n咨询电话见下。") == [
        "办理步骤：",
        "1、填表。",
        "2、交费。",
        "3、取证。",
        "咨询电话见下。",
    ]
    assert lines_of("1) Fill in the form. 2) Pay. 10) is not 3.") == ["1) Fill in the form.", "2) Pay. 10) is not 3."]


@pytest.mark.parametrize(
    "text",
    [
        "评 1、2 分的由质监回访。",
        "满 1.5 万元，2.5 万元以下。",
        "见附件 1. 其他不变。",
        "5. 评 6、7 分的不回访。",
        "每年 9. 1 日起，2 周内办理",
    ],
)
def test_2_what_only_looks_like_an_item_stays(text):
    assert lines_of(text) == [text]
