"""The sheet in front that lists all faults, and its place among the sheets of workbook.xml."""

from __future__ import annotations

from collections.abc import Sequence

from banshi.platform.workbook.marking.package import Package
from banshi.platform.workbook.marking.splicing import Element, Spliced, attribute, shown
from banshi.platform.workbook.parts import clean
from banshi.platform.workbook.workbook import column_letters

LIST_SHEET = "#问题 faults"
"""A name with `#`: when the marked copy is uploaded again, the sheet is the author's own note."""

TITLES = ("工作表 sheet", "单元格 cell", "级别 severity", "编号 code", "问题 fault", "办法 remedy")
_WIDTHS = (18, 10, 12, 12, 60, 60)
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"


class Book:
    """workbook.xml: which sheets there are, in which order, and what counts them."""

    def __init__(self, package: Package) -> None:
        """Take the workbook of a package. Raises LookupError where it lists no sheets."""
        self._package = package
        office = (one.part for one in package.relations("") if one.kind == "officeDocument")
        self.part = next(office, "xl/workbook.xml")
        self._spliced = Spliced(package.read(self.part))
        root = self._spliced.root
        self.namespace = root.attributes.get("xmlns" + (f":{root.prefix[:-1]}" if root.prefix else ""), "")
        found = root.find("sheets")
        if found is None:
            raise LookupError("a workbook without sheets")
        self._holder = found
        self._sheets = list(found.all("sheet"))
        self._relations = {one.id: one for one in package.relations(self.part)}

    def worksheets(self) -> dict[str, str]:
        """The parts of the worksheets by the names on their tabs, without the list of an earlier copy."""
        found = {}
        for sheet in self._sheets:
            relation = self._relations.get(_relation(sheet))
            if relation is not None and relation.kind == "worksheet" and not _is_list(sheet):
                found[clean(sheet.attributes.get("name", ""))] = relation.part
        return found

    def of_kind(self, kind: str) -> str:
        """The part of a kind that the workbook points to; blank without one."""
        return next((one.part for one in self._relations.values() if one.kind == kind), "")

    def put_list(self, rows: Sequence[Sequence[str]] | None) -> None:
        """Take away the list of an earlier copy, and put a new one in front, unless it is None."""
        old = [sheet for sheet in self._sheets if _is_list(sheet)]
        kept = [index for index, sheet in enumerate(self._sheets) if not _is_list(sheet)]
        if rows is None and not old:
            return
        for sheet in old:
            self._spliced.replace(sheet, "")
            relation = self._relations[_relation(sheet)]
            self._package.remove(relation.part)
            self._package.unrelate(self.part, relation.id)
        if rows is not None:
            self._add(rows)
        ahead = 0 if rows is None else 1
        self._count_again({index: ahead + place for place, index in enumerate(kept)})
        self._package.write(self.part, self._spliced.result())

    def _add(self, rows: Sequence[Sequence[str]]) -> None:
        part = self._package.free("xl/worksheets/sheet{}.xml")
        self._package.write_xml(part, _sheet(self.namespace, (TITLES, *rows)))
        self._package.declare(part, _TYPE)
        base = self._package.type_base()
        relation = self._package.relate(self.part, base + "worksheet", part)
        number = max([0, *(int(one.attributes.get("sheetId", "0")) for one in self._sheets if not _is_list(one))]) + 1
        self._spliced.put(
            self._holder.inside,
            f"<{self._holder.prefix}sheet name={attribute(LIST_SHEET)} sheetId={attribute(str(number))} "
            f"xmlns:r={attribute(base.rstrip('/'))} r:id={attribute(relation)}/>",
        )

    def _count_again(self, places: dict[int, int]) -> None:
        """Sheets are counted in names that hold for one sheet, and for the one that is shown first."""
        root = self._spliced.root
        for name in root.within("definedName"):
            local = name.attributes.get("localSheetId")
            if local is None:
                continue
            if int(local) in places:
                self._spliced.set(name, "localSheetId", str(places[int(local)]))
            else:
                self._spliced.replace(name, "")
        # The author's sheet stays the one that is shown: it alone is marked as selected, and two would be edited as one.
        views = list(root.within("workbookView"))
        for view in views:
            shown_first = places.get(int(view.attributes.get("activeTab", "0")), 0)
            self._spliced.set(view, "activeTab", str(shown_first))
            if "firstSheet" in view.attributes:
                self._spliced.set(view, "firstSheet", "0")
        if not views and (first := places.get(0)):
            only = f'<{root.prefix}workbookView activeTab="{first}"/>'
            self._spliced.put(self._holder.start, f"<{root.prefix}bookViews>{only}</{root.prefix}bookViews>")


def _is_list(sheet: Element) -> bool:
    return clean(sheet.attributes.get("name", "")) == LIST_SHEET


def _relation(sheet: Element) -> str:
    return next((value for name, value in sheet.attributes.items() if name.rpartition(":")[2] == "id"), "")


def _sheet(namespace: str, rows: Sequence[Sequence[str]]) -> str:
    columns = "".join(
        f'<col min="{i}" max="{i}" width="{width}" customWidth="1"/>' for i, width in enumerate(_WIDTHS, start=1)
    )
    lines = "".join(
        f'<row r="{number}">'
        + "".join(
            f'<c r="{column_letters(i)}{number}" t="inlineStr"><is><t xml:space="preserve">{shown(text)}</t></is></c>'
            for i, text in enumerate(row)
        )
        + "</row>"
        for number, row in enumerate(rows, start=1)
    )
    return (
        f'<worksheet xmlns="{namespace}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
        'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>'
        f"{columns}</cols><sheetData>{lines}</sheetData></worksheet>"
    )
