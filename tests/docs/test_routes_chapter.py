"""The example of the chapter on what steps do when they are passed, run as both languages print it."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest
from halls import ORGANISATION, open_test_hall, write

from banshi.platform.hall import Hall
from banshi.platform.people.directory import Person

DOCS = Path(__file__).parents[2] / "docs"
TITLES = {"zh": "### 通过后", "en": "### When a step is passed"}
PURCHASE = """
## settings
| form_id  | form_title |
| purchase | 设备采购   |

## survey
| type         | name   | label  |
| begin_repeat | 明细   | 明细   |
| text         | 品名   | 品名   |
| integer      | 数量   | 数量   |
| end_repeat   |        |        |
| text         | 立项号 | 立项号 |

## route
"""
ACCEPTANCE = """
## settings
| form_id    | form_title |
| acceptance | 设备验收   |

## survey
| type    | name | label |
| text    | 名称 | 名称  |
| integer | 件数 | 件数  |

## route
| step | name | who                |
| 10   | 申请 | initiator          |
| 20   | 验收 | role:财务处.审核岗 |
"""


def example(language: str) -> str:
    page = (DOCS / language / "workbook.md").read_text()
    section = page.split(TITLES[language])[1].split("\n### ")[0]
    [rows] = re.findall(r"```\n(.*?)```", section, re.DOTALL)
    return rows


@pytest.mark.parametrize(("language", "verdict", "state"), [("zh", "approve", "open"), ("en", "refuse", "returned")])
def test_the_example_does_what_the_page_says(tmp_path: Path, language: str, verdict: str, state: str) -> None:
    definitions = tmp_path / "definitions"
    write(definitions, "organisation/organisation.xlsx", ORGANISATION)
    write(definitions, "acceptance/acceptance.xlsx", ACCEPTANCE)
    write(definitions, "purchase/purchase.xlsx", PURCHASE + example(language))
    with closing(open_test_hall(tmp_path)) as hall:
        student = hall.directory.people["20001"]
        rows = [{"品名": "示波器", "数量": 2}, {"品名": "烘箱", "数量": 1}]
        case_id = hall.submit(student, "purchase", {"明细": rows}, command_id="c").case_id
        act(hall, hall.directory.people["20002"], case_id, "approve")
        view = hall.case(student, case_id)
        assert re.fullmatch(r"LX\d{4}0001", view.answers["立项号"])
        assert [step.state for step in view.steps] == ["done", "done", "active", "pending"]
        opened = [hall.case(student, one.case_id) for one in view.related]
        assert [child.answers for child in opened] == [{"名称": "示波器", "件数": 2}, {"名称": "烘箱", "件数": 1}]
        act(hall, hall.directory.people["20003"], opened[0].row.id, "approve")
        act(hall, hall.directory.people["20003"], opened[1].row.id, verdict)
        view = hall.case(student, case_id)
        assert (view.row.state, view.steps[-1].state) == (state, "active" if state == "open" else "pending")


def act(hall: Hall, person: Person, case_id: str, action: str) -> None:
    view = hall.case(person, case_id)
    command = f"{case_id}.{action}"
    hall.act(person, case_id, view.tasks[0].id, action, opinion="核对过", seq=view.seq, command_id=command)


def test_both_languages_tell_of_the_same_words() -> None:
    """Every word of the grammar and every name of a condition stands on both pages."""
    for language in TITLES:
        page = (DOCS / language / "workbook.md").read_text()
        words = ("open:", "number:", "wait") if language == "en" else ("开:", "编号:", "等待")
        assert all(word in page for word in words)
        assert all(f"ROUTE-{code}" in page for code in ("076", "079", "083"))
