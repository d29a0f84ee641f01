"""The rule bench on a page: choose a rule, type what it reads, see what it says and from which cells."""

from __future__ import annotations

import asyncio

from nicegui.events import GenericEventArguments

from banshi.platform.filling.bench import Asked, Bench, BenchAnswer, BenchRule
from banshi.rules.values import Kind
from banshi.ui.screens.explanation import ExplanationTree
from banshi.ui.screens.frame import Screen
from banshi.ui.screens.html import div, p, span, tag
from banshi.ui.screens.pieces import panel

_LONGEST = 4000
_TYPES = {Kind.DATE: "date", Kind.TIME: "time", Kind.DATETIME: "datetime-local"}
_TYPED = "(e) => emit(e.target.value)"


class BenchPanel:
    """What was typed stays while the page is open, by the name of what it is: rules often read the same."""

    def __init__(self, screen: Screen, bench: Bench) -> None:
        self.screen = screen
        self.bench = bench
        self.rules = {rule.key: rule for rule in bench.rules()}
        self.key = next(iter(self.rules), "")
        self.typed: dict[str, str] = {}

    def build(self) -> None:
        """Make the panel."""
        t = self.screen.t
        if not self.rules:
            with panel(t("trial.tab.bench"), "", "info"):
                p(t("bench.none"))
            return
        with div("columns"):
            with div("main-column"), panel(t("trial.tab.bench"), "panel-bench", "receipt"):
                p(t("bench.lead"), "muted")
                self._choice()
                self.fields = div("bench-fields")
                self._fields()
            with div("side-column side-sticky"):
                self.answer = div("stack")

    def _choice(self) -> None:
        t = self.screen.t

        def chosen(event: GenericEventArguments) -> None:
            if str(event.args) in self.rules:
                self.key = str(event.args)
                self.answer.clear()
                self._fields()

        tag("label", t("bench.rule"), "field-label", for_="bench-rule")
        with tag("select", "", "select", id="bench-rule") as field:
            for rule in self.rules.values():
                tag("option", f"{rule.name} · {t(f'bench.kind.{rule.kind}')}", value=rule.key)
        field.on("change", chosen, js_handler=_TYPED)

    def _fields(self) -> None:
        rule: BenchRule = self.rules[self.key]
        self.fields.clear()
        with self.fields:
            for at, ask in enumerate(rule.asks):
                with div("bench-field"):
                    self._field(ask, f"bench-{at}")
            with div("actions"):
                self.screen.action(self.screen.t("bench.run"), self._run, "button primary")

    def _field(self, ask: Asked, field_id: str) -> None:
        t, before = self.screen.t, self.typed.get(ask.name, "")
        with tag("label", "", "field-label", for_=field_id):
            span(ask.label)
            if ask.label != ask.name:
                span(ask.name, "muted mono")
        choices = (("TRUE", t.value(True)), ("FALSE", t.value(False))) if ask.kind is Kind.BOOLEAN else ask.choices
        if ask.several:
            field = tag("textarea", "", "textarea", id=field_id, rows=3, maxlength=_LONGEST, defaultValue=before or None,
                        placeholder=t("bench.several"))  # fmt: skip
        elif choices:
            with tag("select", "", "select", id=field_id) as field:
                for key, text in (("", ""), *choices):
                    tag("option", text, value=key, selected=key == before)
        else:
            field = tag("input", "", "input", id=field_id, type=_TYPES.get(ask.kind, "text"), maxlength=_LONGEST,
                        defaultValue=before or None, inputmode="decimal" if ask.kind is Kind.NUMBER else None)  # fmt: skip

        def typed(event: GenericEventArguments) -> None:
            self.typed[ask.name] = str(event.args or "")[:_LONGEST]

        field.on("change", typed, js_handler=_TYPED)
        field.on("input", typed, throttle=0.2, leading_events=False, js_handler=_TYPED)

    async def _run(self) -> None:
        answer = await asyncio.to_thread(self.bench.run, self.key, dict(self.typed))
        self.answer.clear()
        with self.answer:
            self._show(answer)

    def _show(self, answer: BenchAnswer) -> None:
        t = self.screen.t
        with panel(t("bench.result"), "panel-bill", "receipt"):
            for line in answer.told:
                p(line, "decision-value")
            if answer.cells:
                p(t("bench.cells"), "muted small")
                with div("cells"):
                    for cell in answer.cells:
                        span(cell, "cell-mark")
        if answer.wrong:
            with panel(t("bench.wrong"), "panel-findings", "warning"):
                for line in answer.wrong:
                    p(line)
        for title, lines in (("bench.near", answer.near), ("bench.why", answer.explanation)):
            if lines:
                with panel(t(title), "panel-explanation", "route"):
                    ExplanationTree(lines, t)
