"""The impact of an uploaded draft on stored cases: which cases, how far it is, what it comes to, to be taken out as files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from urllib.parse import quote

from nicegui import ui
from nicegui.events import GenericEventArguments

from banshi.platform.errors import NotFound
from banshi.platform.impact.model import CellGroup, Compared, Consequence, Impact, ImpactQuestion, ImpactState
from banshi.platform.impact.tables import CONSEQUENCES, told
from banshi.platform.impact.tally import FEW
from banshi.platform.words import word
from banshi.ui.components.chart import bars
from banshi.ui.screens.frame import Screen, Site, screen, title_block
from banshi.ui.screens.hall import back
from banshi.ui.screens.html import Tag, div, icon, link, p, span, tag
from banshi.ui.screens.listing import Cell, Column, Listing
from banshi.ui.screens.pieces import empty, moment, panel
from banshi.ui.texts import Texts
from banshi.ui.uploads import Upload, Uploads

_SECONDS = 0.5
_ENDED = ("approved", "refused", "withdrawn")
_OPEN = ("open", "returned")
_FEN = Decimal("0.01")
_MOST_GROUPS = 100
_MOST_UNUSED = 10


def add(site: Site, uploads: Uploads) -> None:
    """Add the page."""

    @screen(site, "/owner/impact/{upload_id}")
    async def impact(screen: Screen, upload_id: str, run: str = "") -> None:
        page = _Page(screen, uploads.get(screen.visit.token, upload_id), run)
        state = await page.read()
        t = screen.t
        with screen.frame(t("impact.title"), active="owner", classes="page-impact"):
            back(t("impact.back"), f"/owner/{quote(state.service_id)}" if state else "/owner")
            title_block(t("impact.title"), t("impact.lead"))
            page.build(state)


class _Page:
    """The page of one upload; what is below the question is built anew as the run goes on."""

    def __init__(self, screen: Screen, upload: Upload | None, run: str) -> None:
        self.screen = screen
        self.upload = upload
        self.run = run
        self.asked = {"since": "", "until": "", "as_of": "", "states": ""}
        self.box: Tag

    async def read(self) -> ImpactState | None:
        """How far the run of the address is; None without one, or where it is gone."""
        if not self.run:
            await self.screen.ask(self.screen.hall.workshop.owned, self.screen.language)  # owners only
            return None
        try:
            return await self.screen.ask(self.screen.hall.workshop.impact, self.run)
        except NotFound:
            return None

    def build(self, state: ImpactState | None) -> None:
        """Fill the page."""
        t = self.screen.t
        if self.upload is None and state is None:
            empty("upload", t("impact.gone"), "", "/owner", t("impact.back"))
            return
        if self.upload is not None:
            self._question(self.upload, again=state is not None)
        self.box = div("impact-box")
        if state is not None:
            with self.box:
                self._show(state)

    def _question(self, upload: Upload, *, again: bool) -> None:
        t = self.screen.t
        with panel(t("impact.which"), "impact-question", "cases"):
            p(upload.file, "muted mono")
            with div("filter filter-statistics"):
                for name in ("since", "until", "as_of"):
                    with div("filter-field"):
                        tag("label", t(f"impact.{name}"), "field-label", for_=f"impact-{name}")
                        field = tag("input", "", "input", type="date", id=f"impact-{name}",
                                    aria_describedby="impact-hint" if name == "as_of" else None)  # fmt: skip
                        field.on("input", partial(self._noted, name), js_handler="(e) => emit(e.target.value)")
                with div("filter-field"):
                    tag("label", t("impact.states"), "field-label", for_="impact-states")
                    with tag("select", "", "select", id="impact-states") as choice:
                        for key, text in (
                            ("", t("list.all")),
                            ("open", t("impact.states.open")),
                            ("ended", t("impact.states.ended")),
                        ):
                            tag("option", text, value=key)
                    choice.on("change", partial(self._noted, "states"), js_handler="(e) => emit(e.target.value)")
                with div("filter-buttons"):
                    label = t("impact.again") if again else t("impact.start")
                    self.screen.action(label, self._begin, "button primary")
            p(t("impact.as_of_hint"), "muted small", id="impact-hint")

    def _noted(self, name: str, event: GenericEventArguments) -> None:
        self.asked[name] = str(event.args)

    async def _begin(self) -> None:
        screen, upload = self.screen, self.upload
        assert upload is not None
        try:
            since, until, as_of = (
                date.fromisoformat(self.asked[name]) if self.asked[name] else None
                for name in ("since", "until", "as_of")
            )
        except ValueError:
            screen.say(screen.t("impact.not_a_day"), "error")
            return
        states = {"open": _OPEN, "ended": _ENDED}.get(self.asked["states"], ())
        asked = ImpactQuestion(since=since, until=until, as_of=as_of, states=states)
        begin = partial(screen.hall.workshop.begin_impact, language=screen.language)
        run = await screen.ask(begin, upload.file, upload.data, asked)
        ui.navigate.to(f"/owner/impact/{quote(upload.id)}?run={quote(run)}")

    # What the run says

    def _show(self, state: ImpactState) -> None:
        if state.result is not None:
            _Result(self.screen, self.run, state.result).build()
        elif state.failed is not None:
            with div("notice notice-error", role="alert"):
                icon("warning")
                span(state.failed[self.screen.language == "en"])
        else:
            self._progress(state)

    def _progress(self, state: ImpactState) -> None:
        screen, t = self.screen, self.screen.t
        with panel(t("impact.result"), "impact-progress", "clock"):
            said = p(_reached(t, state), "strong", role="status")
            bar = tag("progress", "", "", value="0", aria_label=t("impact.result"))

            async def stop() -> None:
                await screen.ask(screen.hall.workshop.stop_impact, self.run)
                said.set_text(t("impact.stopping"))

            with div("actions"):
                screen.action(t("impact.stop"), stop)

        async def look() -> None:
            now = await screen.ask(screen.hall.workshop.impact, self.run)
            if self.box.is_deleted:
                return
            if now.over:
                timer.cancel()
                self.box.clear()
                with self.box:
                    self._show(now)
            elif not now.stopping:
                said.set_text(_reached(t, now))
                bar.set("value", f"{now.done / max(now.total, 1):.4f}")

        timer = ui.timer(_SECONDS, screen.guarded(look))


def _reached(t: Texts, state: ImpactState) -> str:
    if state.waiting:
        return t("impact.waiting")
    return t("impact.progress", done=f"{state.done:,}", total=f"{state.total:,}")


class _Result:
    """What a run came to, from the whole to its parts."""

    def __init__(self, screen: Screen, run: str, found: Impact) -> None:
        self.screen = screen
        self.t = screen.t
        self.run = run
        self.found = found

    def build(self) -> None:
        """Show it."""
        t, found = self.t, self.found
        if not found.cases:
            empty("cases", t("impact.none"), t("impact.none_text"))
            return
        with panel(t("impact.result"), "panel-figures", "statistics"):
            self._words()
            self._figures()
            self._files()
        if found.bins:
            with panel(t("impact.chart")):
                names = [f"{_money(one.low)}\n~ {_money(one.high)}" for one in found.bins]
                bars(t("impact.chart"), names, {t("impact.cases"): [one.cases for one in found.bins]}, across=False)
        if len(found.bills) > 1 or any(bill.unit for bill in found.bills):
            self._bills()
        if found.changes:
            self._cells()
        if found.rows:
            self._cases()

    def _words(self) -> None:
        t, found = self.t, self.found
        p(t("impact.versions", live=found.live, file=found.file), "muted")
        if not found.complete:
            p(t("impact.stopped", cases=f"{found.cases:,}"), "strong", role="alert")
        changed = found.cases - found.same
        p(t("impact.summary", cases=f"{found.cases:,}", same=f"{found.same:,}", changed=f"{changed:,}"), "strong")
        if found.billed:
            amount = _money(abs(found.difference))
            change = (
                t("impact.more_money", amount=amount)
                if found.difference > 0
                else t("impact.less_money", amount=amount)
                if found.difference < 0
                else t("impact.same_money")
            )
            old, new = _money(found.old), _money(found.new)
            p(t("impact.money", billed=f"{found.billed:,}", old=old, new=new, change=change))
        if found.differing:
            then, live = _money(found.then_old), _money(found.then_live)
            p(t("impact.differing", count=f"{found.differing:,}", then=then, live=live), "muted")
        if found.earlier:
            p(t("impact.earlier", count=f"{found.earlier:,}"), "muted")
        if found.live_errors:
            p(t("impact.live_errors", count=f"{found.live_errors:,}"), "muted")

    def _figures(self) -> None:
        t, found = self.t, self.found
        pairs = [(word(CONSEQUENCES, kind, self.screen.language), f"{count:,}") for kind, count in found.counts.items()]
        if found.billed:
            pairs.append((t("impact.difference"), _signed(found.difference)))
        with tag("dl", "", "figures"):
            for label, text in pairs:
                with div("figure"):
                    tag("dt", label)
                    tag("dd", text)

    def _files(self) -> None:
        with div("actions"):
            for by, key in (("cases", "impact.download"), ("cells", "impact.download_cells")):
                for kind in ("xlsx", "csv"):
                    with link("", f"/impacts/{quote(self.run)}/{by}.{kind}", "button small", download=""):
                        icon("download", "icon icon-small")
                        span(self.t(key, kind=kind))

    def _bills(self) -> None:
        t = self.t
        columns = [
            Column("name", t("impact.bill"), "lead"),
            Column("cases", t("impact.cases"), "number"),
            Column("old", t("impact.old"), "number"),
            Column("new", t("impact.new"), "number"),
            Column("difference", t("impact.difference"), "number"),
        ]
        rows = [
            {
                "name": Cell(bill.name + (t("impact.unit", unit=bill.unit) if bill.unit else "")),
                "cases": Cell(f"{bill.cases:,}"),
                "old": Cell(_money(bill.old)),
                "new": Cell(_money(bill.new)),
                "difference": Cell(_signed(bill.new - bill.old)),
            }
            for bill in self.found.bills
        ]
        with panel(t("impact.bills")):
            Listing(columns, rows, caption=t("impact.bills"), t=t)

    def _cells(self) -> None:
        t, found = self.t, self.found
        columns = [
            Column("cell", t("impact.cell"), "lead"),
            Column("effect", t("impact.effect"), "wide"),
            Column("cases", t("impact.cases"), "number"),
            Column("difference", t("impact.difference"), "number"),
        ]
        with panel(t("impact.cells"), "impact-cells"):
            p(t("impact.cells_lead"), "muted")
            if found.cells:
                rows = [self._group(group) for group in found.cells[:_MOST_GROUPS]]
                Listing(columns, rows, caption=t("impact.cells"), t=t)
            used = {cell.place for group in found.cells for cell in group.cells}
            idle = [change.place for change in found.changes if change.place not in used]
            if idle and found.complete:
                shown = t("list.comma").join(dict.fromkeys(idle[:_MOST_UNUSED]))
                p(t("impact.unused", places=shown + (" …" if len(idle) > _MOST_UNUSED else "")), "muted")

    def _group(self, group: CellGroup) -> dict[str, Cell]:
        t, language = self.t, self.screen.language
        places, said = told(group.cells, language)
        effects = [
            t("impact.effect_of", what=word(CONSEQUENCES, kind, language), count=f"{count:,}")
            for kind, count in group.consequences.items()
        ]
        return {
            "cell": Cell(places, sub=said),
            "effect": Cell(t("list.comma").join(effects)),
            "cases": Cell(f"{group.cases:,}"),
            "difference": Cell(_signed(group.difference) if group.difference else "—"),
        }

    def _cases(self) -> None:
        t, found, language = self.t, self.found, self.screen.language
        with panel(t("impact.list"), "impact-list", "file"):
            if any(count > FEW for count in found.counts.values()):
                p(t("impact.list_lead", count=FEW), "muted")
            for i, (kind, rows) in enumerate(found.rows.items()):
                what = t("impact.kind", what=word(CONSEQUENCES, kind, language), count=f"{found.counts[kind]:,}")
                with tag("details", "", "impact-kind", open=i == 0):
                    tag("summary", what, "strong")
                    self._listing(kind, what, rows)

    def _listing(self, kind: Consequence, caption: str, rows: Sequence[Compared]) -> None:
        t = self.t
        columns = [
            Column("case", t("impact.case"), "lead"),
            Column("applicant", t("impact.applicant")),
            Column("old", t("impact.old"), "number"),
            Column("new", t("impact.new"), "number"),
            Column("difference", t("impact.difference"), "number"),
            Column("why", t("impact.why"), "wide"),
        ]
        Listing(columns, [self._case(kind, row) for row in rows], caption=caption, t=t)

    def _case(self, kind: Consequence, row: Compared) -> dict[str, Cell]:
        english = self.screen.language == "en"
        notes = [note for note in row.notes if note.consequence is kind]
        numbers = [note.cells for note in notes] if notes else [part.cells for part in row.parts]
        cells = dict.fromkeys(self.found.changes[i].place for found in numbers for i in found)
        said = [note.en if english else note.zh for note in notes]
        return {
            "case": Cell(row.title, f"/cases/{quote(row.id)}", sub=f"{row.number} · {moment(row.at)}"),
            "applicant": Cell(row.applicant),
            "old": Cell(_money(row.old)),
            "new": Cell(_money(row.new)),
            "difference": Cell("—" if row.difference is None else _signed(row.difference)),
            "why": Cell(self.t("list.semicolon").join(said), sub=self.t("list.comma").join(cells)),
        }


def _money(amount: Decimal | None) -> str:
    """An amount for people, to the fen: `1,234.50`; a dash where there is none."""
    return "—" if amount is None else f"{amount.quantize(_FEN, ROUND_HALF_UP):,f}"


def _signed(amount: Decimal) -> str:
    return ("+" if amount > 0 else "") + _money(amount)
