"""What one keystroke costs a browser: the whole form worked out anew, against what depends on the changed answer.

    .venv/bin/python benchmarks/form_keystroke.py

Generated forms as in `form_check.py`, and an order of 100 rows with a sum. Each number is changed once (of the order, each
row's amount), and everything that a page with all questions shows is asked for: what is shown, required, read-only, offered,
wrong, and displayed. Expressions evaluated and milliseconds of Chromium's one thread, both ways after one another, means of
all changes. Vue's part of the work, which draws what has changed, is not in it.
"""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

from form_check import form
from openpyxl import Workbook
from playwright.sync_api import Page, Route, sync_playwright

from banshi.platform.forms import form_schema
from banshi.platform.sheets import load_bytes
from banshi.ui.components.form import for_browser

COMPONENTS = Path(__file__).parents[1] / "ui/components"
ORIGIN = "http://form.test/"
ROWS = 100
RUN = """async ([schema, rows]) => {
  const { FormModel, Pass, dataAt, pathOf } = await import("form_model");
  const { Moment } = await import("expressions");
  const model = new FormModel(schema);
  const answers = {};
  let count = 0;
  const evaluated = Pass.prototype.evaluated;
  Pass.prototype.evaluated = function (...given) {
    count += 1;
    return evaluated.apply(this, given);
  };
  const look = (pass) => {
    const walk = (items, row) => {
      for (const item of items) {
        if (!pass.visible(item, row)) continue;
        if (item.type === "begin_group") walk(item.items, row);
        else if (item.type === "begin_repeat") {
          for (let at = 0; at < pass.rows(item, row); at += 1) walk(item.items, [...row, [item.name, at]]);
        } else {
          pass.text(item.label, row);
          pass.display(item, row, (key) => key);
          pass.required(item, row);
          pass.fixed(item, row);
          pass.problem(item, row, (key) => key);
          if (item.choices) pass.choices(item, row);
        }
      }
    };
    for (const page of schema.pages) walk(page.items, []);
  };
  const edits = [];
  for (const { item, repeats } of model.named.values()) {
    if (!["integer", "decimal"].includes(item.type)) continue;
    const places = repeats.length ? Array.from({ length: rows }, (_, at) => [[repeats[0], at]]) : [[]];
    for (const row of places) edits.push([row, item.name]);
  }
  const put = ([row, name], value) => {
    let here = answers;
    for (const [repeat, at] of row) {
      here[repeat] = here[repeat] || [];
      while (here[repeat].length <= at) here[repeat].push({});
      here = here[repeat][at];
    }
    here[name] = value;
    return pathOf(row, name);
  };
  for (const edit of edits) put(edit, "17");
  const measure = (next) => {
    let pass = new Pass(model, answers, null, {}, new Moment(1788251400));
    look(pass);
    count = 0;
    const before = performance.now();
    edits.forEach((edit, at) => {
      pass = next(pass, put(edit, String(at % 2 ? 5 : 60)), new Moment(1788251401 + at));
      look(pass);
    });
    const time = performance.now() - before;
    for (const edit of edits) put(edit, "17");
    return [count / edits.length, time / edits.length];
  };
  const whole = measure((pass, path, now) => new Pass(model, answers, null, {}, now));
  const part = measure((pass, path, now) => pass.after([path], now));
  return { edits: edits.length, whole, part };
}"""


def order() -> bytes:
    """A repeat of things with amounts, and their sum."""
    book = Workbook()
    survey = book.active
    assert survey is not None
    survey.title = "survey"
    for row in (
        ("type", "name", "label", "calculation", "constraint", "relevant"),
        ("begin_repeat", "item", "Things"),
        ("text", "what", "What"),
        ("integer", "amount", "How many", None, ". > 0"),
        ("calculate", "double", None, "${amount} * 2"),
        ("text", "why", "Why so many", None, None, "${amount} > 50"),
        ("end_repeat",),
        ("calculate", "total", None, "sum(${double})"),
        ("calculate", "large", None, "count(${item}[amount > 50])"),
        ("note", "told", "${total} in all, ${large} of them large"),
    ):
        survey.append(row)
    settings = book.create_sheet("settings")
    settings.append(("form_id", "form_title"))
    settings.append(("order", "Order"))
    data = BytesIO()
    book.save(data)
    return data.getvalue()


def measured(page: Page, data: bytes) -> dict[str, Any]:
    """The figures of one form."""
    service, _ = load_bytes(data, "form.xlsx")
    assert service is not None
    found: dict[str, Any] = page.evaluate(RUN, [for_browser(form_schema(service, "en")), ROWS])
    return found


def serve(route: Route) -> None:
    """A page that knows the components by their names, as NiceGUI serves them."""
    name = route.request.url.removeprefix(ORIGIN)
    if name:
        route.fulfill(content_type="text/javascript", body=(COMPONENTS / name).read_text(encoding="utf-8"))
        return
    modules = {path.stem: ORIGIN + path.name for path in COMPONENTS.glob("*.js")}
    body = f'<!doctype html><script type="importmap">{json.dumps({"imports": modules})}</script>'
    route.fulfill(content_type="text/html", body=body)


def main() -> None:
    """Print the figures."""
    forms = {f"{rows} questions": form(rows, rows // 2, seed=3) for rows in (30, 200, 800)}
    with sync_playwright() as playwright:
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
        flags += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
        page = browser.new_page()
        page.route("**/*", serve)
        page.goto(ORIGIN)
        for name, data in {**forms, f"order of {ROWS} rows": order()}.items():
            found = measured(page, data)
            (whole, whole_time), (part, part_time) = found["whole"], found["part"]
            print(
                f"{name:20} {found['edits']:4} changes   whole {whole:7.1f} evaluations {whole_time:7.2f} ms   "
                f"dependants {part:6.1f} evaluations {part_time:7.2f} ms   ratio {whole / max(part, 1e-9):6.1f}"
            )
        browser.close()


if __name__ == "__main__":
    main()
