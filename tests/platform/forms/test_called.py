"""What is decided by the label of a choice does not depend on the language in which somebody reads the form.

1. Calculations, tables and bills are the same in both languages. 2. So are the steps of the route. 3. A question whose name is
written in full-width signs is found as well. 4. No path of a route is said to be impossible because of a label.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from workbooks import workbook_from_text

from banshi.platform.forms.foreseen import foreseen_steps
from banshi.platform.people.directory import Directory
from banshi.platform.routes.preview import path_text
from banshi.platform.sheets import load_bytes

REAGENT = """
## survey
| type         | name     | label::中文 (zh) | label::English (en) | calculation                             |
| select_one k | 类别１ | 试剂类别         | Kind of reagent     |                                         |
| calculate    | 称呼     |                  |                     | jr:choice-name(${类别１}, '${类别1}') |

## choices
| list_name | name | label::中文 (zh) | label::English (en) |
| k         | a    | 易制毒           | Drug precursor      |
| k         | b    | 普通             | Ordinary            |

## rules.管制
| hit                                               | first     |
| when jr:choice-name(${类别1}, '${类别1}') | then 级别 |
| 易制毒                                            | 一级      |
|                                                   | 二级      |

## fees.检查费
| item   | method | rate                               |
| 检查费 | fixed  | if(${称呼} = "易制毒", 50, 20)     |

## route
| step | name | who                | when                                                          |
| 10   | 申请 | initiator          |                                                               |
| 20   | 核对 | person:t001        | jr:choice-name(${类别１}, '${类别１}') = '易制毒' |
| 30   | 备案 | person:t001        | ${级别} = "二级"                                              |
"""
"""By hand: a is 易制毒, so 一级, 50 yuan, and step 20; b is not, so 二级, 20 yuan, and step 30."""


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("kind", "level", "fee", "path"), [("a", "一级", 50, "10>20"), ("b", "二级", 20, "10>30")])
def test_labels_decide_alike_in_every_language(
    evaluate: Any, any_service: Any, directory: Directory, language: str, kind: str, level: str, fee: int, path: str
) -> None:
    """1, 2, 3."""
    made = evaluate(REAGENT, {"类别1": kind}, language=language)
    assert made.names["称呼"] == {"a": "易制毒", "b": "普通"}[kind]
    assert made.outputs["级别"] == level
    assert made.bills["检查费"].total == fee
    service, student = any_service(REAGENT), directory.people["2026001"]
    steps = foreseen_steps(
        service,
        made,
        lambda _: made,
        directory=directory,
        initiator=student,
        now=datetime(2026, 9, 1, 1, 0, tzinfo=UTC),
        calendar=None,
    )
    assert path_text(service.routing, steps) == path


def test_no_path_is_impossible_for_a_label(directory: Directory) -> None:
    """4: the values that are tried are names of choices."""
    text = "## settings\n| form_id | form_title |\n| test | 测试 |\n" + REAGENT
    _, faults = load_bytes(workbook_from_text(text), "测试.xlsx", directory)
    assert "ROUTE-032" not in {item.code for item in faults}
