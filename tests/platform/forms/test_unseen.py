"""What shows nothing is empty, and a code in full-width characters is that code."""

from __future__ import annotations

from typing import Any

import pytest

ASKED = """
## survey
| type | name | label | required | constraint | constraint_message |
| text | 手机 | 手机 | yes | regex(., '1[0-9]{10}') | 应为 11 位数字。 |
| text | 事由 | 事由 | yes | | |
| integer | 人数 | 人数 | yes | | |
"""
GOOD = {"手机": "13800001234", "事由": "换灯管", "人数": "3"}


@pytest.mark.parametrize("unseen", ["\u200b", " \u2060\u3000", "\ufeff\u200d", "\u00ad"])
@pytest.mark.parametrize("name", ["手机", "事由", "人数"])
def test_what_shows_nothing_does_not_answer(evaluate: Any, name: str, unseen: str) -> None:
    found = evaluate(ASKED, {**GOOD, name: unseen})
    assert [(error.path, error.code) for error in found.errors] == [(name, "FORM-021")]


def test_what_is_copied_along_is_left_out(evaluate: Any) -> None:
    found = evaluate(ASKED, {"手机": "\u200b13800001234\u200b", "事由": "换 \u200d 灯管\ufeff", "人数": "3\u200b"})
    assert found.errors == ()
    assert found.answers == {"手机": "13800001234", "事由": "换 \u200d 灯管", "人数": 3}


@pytest.mark.parametrize(
    ("said", "kept"), [("１３８００００１２３４", "13800001234"), ("1380000１２３４", "13800001234")]
)
def test_a_code_in_full_width_is_kept_as_its_pattern_writes_it(evaluate: Any, said: str, kept: str) -> None:
    found = evaluate(ASKED, {**GOOD, "手机": said, "事由": "Ａ座２楼"})
    assert found.errors == ()
    assert (found.answers["手机"], found.answers["事由"]) == (kept, "Ａ座２楼")


def test_a_code_that_does_not_fit_stays_as_it_was_typed(evaluate: Any) -> None:
    found = evaluate(ASKED, {**GOOD, "手机": "１３８"})
    assert found.answers["手机"] == "１３８"
    assert [error.path for error in found.errors] == ["手机"]
