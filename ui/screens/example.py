"""A case made into an example: a row to copy into the workbook."""

from __future__ import annotations

from banshi.platform.sheets.example_rows import tab_separated
from banshi.platform.views import CaseRow, ExampleRow
from banshi.ui import browser
from banshi.ui.screens.frame import Screen
from banshi.ui.screens.html import Tag, button, div, heading, p, tag


def example_button(screen: Screen, case: CaseRow) -> None:
    """The button; the row is made when it is asked for."""
    t = screen.t
    box = div("")

    async def make() -> None:
        name = t("example.name", number=case.number, title=case.title)
        row = await screen.ask(screen.hall.workshop.example_of, case.id, name)
        box.clear()
        with box:
            browser.show_dialog(_dialog(screen, row))

    screen.action(t("example.make"), make, "button small")


def _dialog(screen: Screen, row: ExampleRow) -> Tag:
    t = screen.t
    lacking = [*row.header[row.known :]]
    text = tab_separated([row.row] if row.known else [row.header, row.row])
    with tag("dialog", "", "dialog dialog-wide", aria_label=t("example.title")) as dialog:
        heading(2, t("example.title"))
        p(t("example.text"))
        if not row.known:
            p(t("example.all"), "strong")
        elif lacking:
            p(t("example.new", columns=t("list.comma").join(lacking)), "strong")
        tag("label", t("example.row"), "field-label", for_="example-row")
        field = tag("textarea", "", "textarea mono", id="example-row", rows=5, readonly=True, defaultValue=text)

        def copy() -> None:
            browser.copy_text(field)
            done.text = t("example.copied")

        with div("actions"):
            button(t("example.copy"), copy, "button primary")
            button(t("example.close"), lambda: browser.close_dialog(dialog))
            done = p("", "muted", role="status")
    return dialog
