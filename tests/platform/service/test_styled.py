"""Styled labels, hints and choices.

Source: ODK's “Styling prompts” (headings, emphasis, links, `<span style="color:…">`); CommonMark for what is emphasis.
1. What is styled becomes a tree of known tags; the plain text has no marks.
2. What only looks like a mark stays: numbered labels, `a_b`, `<5`, `* 必填`, `${a_b}`.
3. Nothing of an author's HTML survives but known tags: unknown ones are text, links lead to web and mail addresses only.
4. Depth is bounded.
"""

import pytest

from banshi.platform.service.styled import plain_text, styled


def strong(*items):
    return {"tag": "strong", "items": list(items)}


BREAK = {"tag": "br", "items": []}


@pytest.mark.parametrize(
    ("text", "tree", "plain"),
    [
        ("**请注意**：_仅限_ 本科生", [strong("请注意"), "：", {"tag": "em", "items": ["仅限"]}, " 本科生"], "请注意：仅限 本科生"),
        ("# 一、基本信息\n请如实填写", [strong("一、基本信息"), BREAK, "请如实填写"], "一、基本信息\n请如实填写"),
        ('<span style="color: #b42318">逾期</span>不候', [{"tag": "span", "items": ["逾期"], "color": "#b42318"}, "不候"], "逾期不候"),
        ("<b>姓名</b><br>与身份证一致", [strong("姓名"), BREAK, "与身份证一致"], "姓名\n与身份证一致"),
        ("见[办事指南](https://www.example.edu.cn/a?b=1&c=2)", ["见", {"tag": "a", "items": ["办事指南"], "href": "https://www.example.edu.cn/a?b=1&c=2"}], "见办事指南"),
        ("共 **${n_1}** 项", ["共 ", strong("${n_1}"), " 项"], "共 ${n_1} 项"),
        ("5 \\* 3", ["5 * 3"], "5 * 3"),
    ],
)  # fmt: skip
def test_1_a_styled_text_is_a_tree_and_a_plain_text(text, tree, plain):
    assert styled(text) == tree
    assert plain_text(text) == plain


@pytest.mark.parametrize(
    "text",
    [
        "1. 姓名",
        "- 备注",
        "* 必填",
        "room_no_2",
        "${a_b} 与 ${c_d}",
        "用量 <5 且 >3",
        "#1 题",
        "R&D 经费",
        "[选填]",
        "20*30*40 厘米",
        "2m*3m*4m",
    ],
)
def test_2_what_only_looks_like_a_mark_stays(text):
    assert styled(text) is None
    assert plain_text(text) == text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("**a**<script>alert(1)</script>", "a<script>alert(1)</script>"),
        ("**a**<img src=x onerror=alert(1)>", "a<img src=x onerror=alert(1)>"),
        ('<a href="javascript:alert(1)">点</a>', "点"),
        ('<b onclick="alert(1)">粗</b>', "粗"),
        ('<span style="background:url(//x)">红</span>', "红"),
    ],
)
def test_3_no_html_of_an_author_survives(text, plain):
    def nodes(tree):
        for node in tree:
            if isinstance(node, dict):
                yield node
                yield from nodes(node["items"])

    assert plain_text(text) == plain
    assert all(set(node) == {"tag", "items"} for node in nodes(styled(text)))


def test_4_depth_is_bounded():
    deep = "<b>" * 9000 + "底"
    assert plain_text(deep) == "底"
