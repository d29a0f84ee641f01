"""A change recomputes what depends on it, and nothing else.

1. Random forms, random edits: after each one everything is what a form that is worked out from nothing says.
2. What does not depend on the change is not computed again; what does is.
3. Rows, positions, counts and conditions on rows follow.
"""

from __future__ import annotations

import random
from itertools import product
from typing import Any

import pytest
from playwright.sync_api import Page
from workbooks import workbook_from_text

from banshi.platform.forms import form_schema
from banshi.platform.sheets import load_bytes
from banshi.rules.diagnostics import has_errors
from banshi.ui.components.form import for_browser

pytestmark = pytest.mark.browser

OPEN = """async (schema) => {
  const { FormModel, Pass, dataAt, pathOf } = await import("form_model");
  const { Moment, AskServer } = await import("expressions");
  const model = new FormModel(schema);
  const evaluated = Pass.prototype.evaluated;
  const seen = [];
  Pass.prototype.evaluated = function (item, key, row, extra) {
    seen.push(`${key} ${pathOf(row, item.name)}`);
    return evaluated.call(this, item, key, row, extra);
  };
  const now = new Moment(Date.UTC(2026, 8, 1, 8, 30) / 1000);
  window.state = { answers: {}, pass: null, changes: {} };
  const told = (pass) => {
    const found = {};
    const walk = (items, row) => {
      for (const item of items) {
        const path = pathOf(row, item.name);
        const group = item.type === "begin_group";
        found[`shown ${path} ${item.type}`] = [pass.shown(item, row), pass.visible(item, row), pass.text(item.label, row)];
        if (item.type === "begin_repeat") {
          const count = pass.rows(item, row);
          found[`rows ${path}`] = count;
          for (let at = 0; at < count; at += 1) walk(item.items, [...row, [item.name, at]]);
        } else if (group) walk(item.items, row);
        else {
          const problem = pass.problem(item, row, (key, facts) => key + JSON.stringify(facts || {}));
          const choices = item.choices ? pass.choices(item, row).map((choice) => choice.name) : [];
          found[path] = [pass.display(item, row, (key) => key), pass.required(item, row), pass.fixed(item, row), problem, choices];
        }
      }
    };
    for (const page of schema.pages) walk(page.items, []);
    return found;
  };
  // Make edits of single answers ([row, name, value]); what the change computed, and what a form from nothing says.
  window.edit = (edits, whole) => {
    for (const [row, name, value] of edits) {
      let here = state.answers;
      for (const [repeat, at] of row) {
        here[repeat] = here[repeat] || [];
        while (here[repeat].length <= at) here[repeat].push({});
        here = here[repeat][at];
      }
      here[name] = value;
    }
    const paths = edits.map(([row, name]) => pathOf(row, name));
    state.pass = state.pass && !whole ? state.pass.after(paths, now) : new Pass(model, state.answers, null, state.changes, now);
    seen.length = 0;
    const after = told(state.pass);
    const computed = [...seen];
    const fresh = told(new Pass(model, state.answers, null, state.changes, now));
    const wrong = Object.keys({ ...fresh, ...after }).filter((key) => JSON.stringify(fresh[key]) !== JSON.stringify(after[key]));
    return { wrong: wrong.map((key) => [key, after[key], fresh[key]]), computed, all: seen.length - computed.length, told: after };
  };
}"""
CHOICES = """
## choices
| list_name | name | label | of |
| 校区 | east | 东校区 | |
| 校区 | west | 西校区 | |
| 楼 | e1 | 东一楼 | east |
| 楼 | e2 | 东二楼 | east |
| 楼 | w1 | 西一楼 | west |
"""


def opened(page: Page, survey: str) -> dict[str, Any]:
    service, found = load_bytes(workbook_from_text(survey + CHOICES), "测试.xlsx")
    assert service is not None
    assert not has_errors(found), [str(item) + item.message() for item in found]
    schema = for_browser(form_schema(service, "zh"))
    page.evaluate(OPEN, schema)
    return schema


class Maker:
    """Random forms of a university: numbers and texts, groups, repeats in repeats, rules about anything that stands before."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.lines = [
            "## survey",
            "| type | name | label | relevant | required | constraint | calculation | choice_filter | repeat_count | readonly |",
        ]
        self.numbers: list[tuple[tuple[str, ...], str]] = []
        self.texts: list[tuple[tuple[str, ...], str]] = []
        self.asked: list[tuple[tuple[str, ...], str, str]] = []
        self.repeats: list[tuple[tuple[str, ...], str, list[str]]] = []
        self.serial = 0

    def name(self, kind: str) -> str:
        self.serial += 1
        return f"{kind}{self.serial}"

    def seen(self, around: tuple[str, ...], pool: list[tuple[tuple[str, ...], str]]) -> list[str]:
        return [name for repeats, name in pool if around[: len(repeats)] == repeats]

    def number(self, around: tuple[str, ...]) -> str:
        """A number, from one name of this row, of all rows, or a row's place."""
        own, any_row = self.seen(around, self.numbers), [name for repeats, name in self.numbers if repeats]
        kinds = ["literal", *["own"] * (3 * bool(own)), *["sum", "sum"] * bool(any_row), *["rows"] * bool(self.repeats)]
        match self.chance.choice(kinds + ["place"] * bool(around)):
            case "own":
                return f"coalesce(${{{self.chance.choice(own)}}}, {self.chance.randint(0, 3)})"
            case "sum":
                return f"sum(${{{self.chance.choice(any_row)}}})"
            case "rows":
                repeats, repeat, inside = self.chance.choice(self.repeats)
                if inside and repeats == () and not around:
                    column = self.chance.choice(inside)
                    condition = f"{column} > {self.chance.randint(0, 9)}"
                    more = self.chance.choice(["", "[1]", "[position() > 1]"])
                    return self.chance.choice(
                        [f"count(${{{repeat}}}[{condition}]{more})", f"sum(${{{repeat}}}[{condition}]{more}/{column})"]
                    )
                return f"count(${{{repeat}}})"
            case "place":
                return "position(..)"
            case _:
                return str(self.chance.randint(0, 20))

    def condition(self, around: tuple[str, ...]) -> str:
        texts = self.seen(around, self.texts)
        if texts and self.chance.random() < 0.4:
            return f"${{{self.chance.choice(texts)}}} {self.chance.choice(['=', '!='])} '{self.chance.choice('ab')}'"
        sign = self.chance.choice([">", "<=", "="])
        return f"{self.number(around)} + {self.number(around)} {sign} {self.number(around)}"

    def some(self, odds: float, make: Any, around: tuple[str, ...]) -> str:
        return make(around) if self.chance.random() < odds else ""

    def items(self, around: tuple[str, ...], depth: int, count: int) -> None:
        for _ in range(count):
            kind = self.chance.choice(["integer"] * 4 + ["text"] * 2 + ["calculate"] * 4 + ["place", "group", "repeat"])
            relevant, label = self.some(0.35, self.condition, around), "标签"
            if self.chance.random() < 0.2 and (own := self.seen(around, self.numbers)):
                label = f"关于 ${{{self.chance.choice(own)}}}"
            if kind in ("group", "repeat") and depth:
                name = self.name("g" if kind == "group" else "r")
                times = self.some(0.3, self.number, around) if kind == "repeat" else ""
                self.line(f"begin_{kind}", name, label, relevant, repeat_count=times and f"min({times}, 3)")
                start = len(self.numbers)
                inside = (*around, name) if kind == "repeat" else around
                self.items(inside, depth - 1, self.chance.randint(2, 4))
                self.line(f"end_{kind}", "", "", "")
                if kind == "repeat":
                    self.repeats.append((around, name, [one for at, one in self.numbers[start:] if at == inside]))
            elif kind == "place":
                campus, building = self.name("c"), self.name("b")
                self.line("select_one 校区", campus, label, relevant)
                self.line("select_one 楼", building, "楼", "", choice_filter=f"of = ${{{campus}}}")
                self.asked += [(around, campus, "校区"), (around, building, "楼")]
            elif kind == "calculate":
                name = self.name("k")
                self.line(
                    "calculate", name, "", relevant, calculation=f"{self.number(around)} * 2 + {self.number(around)}"
                )
                self.numbers.append((around, name))
            elif kind in ("integer", "text"):
                name = self.name("n" if kind == "integer" else "t")
                self.line(
                    kind, name, label, relevant, required=self.some(0.3, self.condition, around),
                    readonly=self.some(0.1, self.condition, around),
                    constraint=f". < {self.number(around)} + 5" if kind == "integer" and self.chance.random() < 0.4 else "",
                )  # fmt: skip
                (self.numbers if kind == "integer" else self.texts).append((around, name))
                self.asked.append((around, name, kind))

    def line(self, kind: str, name: str, label: str, relevant: str, **cells: str) -> None:
        order = ("required", "constraint", "calculation", "choice_filter", "repeat_count", "readonly")
        self.lines.append(
            "| " + " | ".join([kind, name, label, relevant, *(cells.get(key, "") for key in order)]) + " |"
        )

    def edit(self) -> list[Any]:
        around, name, kind = self.chance.choice(self.asked)
        row = [[repeat, self.chance.randint(0, 2)] for repeat in around]
        values = {
            "integer": ["", "0", "1", "4", "9", "x"],
            "text": ["", "a", "b"],
            "校区": ["", "east", "west"],
            "楼": ["e1", "w1"],
        }
        return [row, name, self.chance.choice(values[kind])]


@pytest.mark.parametrize("seed", range(24))
def test_1_an_incremental_form_says_what_a_whole_one_says(module_page: Page, seed: int) -> None:
    maker = Maker(random.Random(seed))
    maker.items((), 2, 14)
    maker.line("integer", "last", "末", "")
    maker.asked.append(((), "last", "integer"))
    opened(module_page, "\n".join(maker.lines))
    # Every row that edits may touch is there from the start: new rows are worked out from nothing.
    start = [
        [[list(step) for step in zip(around, at, strict=True)], name, ""]
        for around, name, _ in maker.asked
        for at in product(range(3), repeat=len(around))
    ]
    module_page.evaluate("edits => edit(edits, true)", start)
    saved = 0
    for _ in range(30):
        edits = [maker.edit() for _ in range(maker.chance.choice([1, 1, 1, 2]))]
        result = module_page.evaluate("edits => edit(edits, false)", edits)
        assert not result["wrong"], (edits, result["wrong"][:5], "\n".join(maker.lines))
        saved += result["all"] - len(result["computed"])
    assert saved > 0


ORDER = """
## survey
| type | name | label | relevant | constraint | calculation |
| integer | 人数 | 人数 | | . < 100 | |
| text | 事由 | 事由 | ${人数} > 2 | | |
| begin_repeat | 物品 | 物品 | | | |
| text | 品名 | 品名 | | | |
| integer | 数量 | 数量 | | . > 0 | |
| money | 单价 | 单价 | | | |
| calculate | 小计 | | | | ${数量} * ${单价} |
| calculate | 序号 | | | | position(..) |
| end_repeat | | | | | |
| calculate | 合计 | | | | sum(${小计}) |
| calculate | 大件 | | | | count(${物品}[数量 > 3]) |
| note | 提示 | 共 ${合计} 元 | ${合计} > 50 | | |
"""


def _started(page: Page) -> None:
    opened(page, ORDER)
    rows = [[[["物品", at]], name, value] for at in range(3) for name, value in (("数量", "2"), ("单价", "10"))]
    page.evaluate("edits => edit(edits, true)", [[[], "人数", "3"], *rows])


@pytest.mark.parametrize(
    ("edit", "computed"),
    [
        ([[], "人数", "5"], {"relevant 事由", "constraint 人数"}),
        ([[], "事由", "开放日"], set()),
        ([[["物品", 1]], "品名", "试剂"], set()),
        (
            [[["物品", 1]], "数量", "4"],
            {"constraint 物品[2].数量", "calculation 物品[2].小计", "calculation 合计", "calculation 大件", "relevant 提示"},
        ),
        (
            [[["物品", 0]], "数量", "4"],
            {"constraint 物品[1].数量", "calculation 物品[1].小计", "calculation 合计", "calculation 大件", "relevant 提示"},
        ),
        ([[["物品", 2]], "单价", "11"], {"calculation 物品[3].小计", "calculation 合计", "relevant 提示"}),
    ],
    ids=lambda value: value[1] if isinstance(value, list) else "",
)  # fmt: skip
def test_2_only_what_depends_on_the_change_is_computed(module_page: Page, edit: list[Any], computed: set[str]) -> None:
    _started(module_page)
    result = module_page.evaluate("edits => edit(edits, false)", [edit])
    assert not result["wrong"]
    found = set(result["computed"])
    # A calculation that nothing shows is worked out when something asks for it.
    assert found == computed
    assert len(result["computed"]) == len(found)


def test_3_rows_are_worked_out_anew(show: Any) -> None:
    screen = show(ORDER)
    page = screen.page
    page.get_by_label("数量").fill("2")
    page.get_by_label("单价").fill("30")
    page.get_by_text("共 60 元").wait_for()
    page.get_by_role("button", name="添加").first.click()
    page.get_by_label("数量").nth(1).fill("5")
    page.get_by_label("单价").nth(1).fill("8")
    page.get_by_text("共 100 元").wait_for()
    page.get_by_role("button", name="删除").first.click()
    page.get_by_text("共 40 元").wait_for(state="detached")
    assert page.get_by_text("共").count() == 0
