"""Jobs by the clock, for those who look after services: when each is next, how it went, running one now, pausing one."""

from __future__ import annotations

from functools import partial

from ulid import ULID

from banshi.platform.jobs.desk import JobRow, RunRow
from banshi.ui import browser
from banshi.ui.screens.frame import Screen, Site, screen, title_block
from banshi.ui.screens.html import Tag, button, div, heading, p, span, tag
from banshi.ui.screens.pieces import empty, facts, moment, panel

_TONES = {"running": "blue", "done": "green", "failed": "red"}


def add(site: Site) -> None:
    """Add the page."""

    @screen(site, "/jobs")
    async def jobs(screen: Screen, service: str = "") -> None:
        t = screen.t
        with screen.frame(t("jobs.title"), active="jobs", classes="page-jobs"):
            title_block(t("jobs.title"), t("jobs.lead"))
            await _Jobs(screen, div("job-box"), service).build()


class _Jobs:
    """The jobs of the person's services, or of one of them."""

    def __init__(self, screen: Screen, body: Tag, service: str) -> None:
        self.screen = screen
        self.body = body
        self.service = service

    async def build(self) -> None:
        """Show them as they are now."""
        screen, t = self.screen, self.screen.t
        rows = await screen.ask(screen.hall.jobs.jobs, screen.language)
        rows = [row for row in rows if self.service in ("", row.service_id)]
        self.body.clear()
        with self.body:
            if not rows:
                empty("calendar", t("jobs.empty"), t("jobs.empty_text"))
                return
            with div("actions message-tools"):
                screen.action(t("jobs.refresh"), self.build, "button small")
            for row in rows:
                self._job(row)

    def _job(self, row: JobRow) -> None:
        screen, t = self.screen, self.screen.t
        with panel(row.job, "facts-row panel-job"):
            p(row.service, "muted")
            coming = t("list.comma").join(map(moment, row.coming)) or t("jobs.none")
            if row.paused_by:
                coming = t("jobs.paused", name=row.paused_by)
            facts(
                [
                    (t("jobs.every"), row.every),
                    (t("jobs.next"), coming),
                    (t("jobs.for"), row.subject or t("jobs.once")),
                    (t("jobs.do"), row.deed),
                ]
            )
            with div("actions"):
                self._run_now(row)
                change = self._resume if row.paused_by else self._pause
                text = t("jobs.resume" if row.paused_by else "jobs.pause")
                screen.action(text, partial(change, row), "button small", aria_label=f"{text} {row.job}")
            heading(3, t("jobs.runs"))
            if not row.runs:
                p(t("jobs.never"), "muted")
                return
            with tag("ul", "", "message-list"):
                for run in row.runs:
                    with tag("li", "", "message"):
                        _run(screen, run)

    def _run_now(self, row: JobRow) -> None:
        """The button, and the question behind it."""
        screen, t = self.screen, self.screen.t
        command = str(ULID())
        with tag("dialog", "", "dialog", aria_label=t("jobs.run_title", job=row.job)) as dialog:
            heading(2, t("jobs.run_title", job=row.job))
            p(t("jobs.run_text"))

            async def run() -> None:
                ask = partial(screen.hall.jobs.run_now, command_id=command)
                await screen.ask(ask, row.service_id, row.job)
                await self.build()
                screen.say(t("jobs.run_done"), "success")

            with div("actions"):
                screen.action(t("jobs.run"), run, "button primary")
                button(t("jobs.cancel"), lambda: browser.close_dialog(dialog), "button")
        button(
            t("jobs.run"),
            lambda: browser.show_dialog(dialog),
            "button small",
            aria_label=f"{t('jobs.run')} {row.job}",
        )

    async def _pause(self, row: JobRow) -> None:
        screen = self.screen
        await screen.ask(screen.hall.jobs.pause, row.service_id, row.job)
        await self.build()
        screen.say(screen.t("jobs.pause_done"), "success")

    async def _resume(self, row: JobRow) -> None:
        screen = self.screen
        await screen.ask(screen.hall.jobs.resume, row.service_id, row.job)
        await self.build()
        screen.say(screen.t("jobs.resume_done"), "success")


def _run(screen: Screen, run: RunRow) -> None:
    """One firing."""
    t = screen.t
    with div("message-head"):
        tag("time", moment(run.at), "strong", datetime=run.at.isoformat())
        span(t(f"jobs.state.{run.state}"), f"tag tag-{_TONES[run.state]}")
    worked = run.done + run.skipped + run.failed
    if run.state == "running":
        p(t("jobs.progress", count=worked, total=run.total) if run.total >= 0 else t("jobs.counting"))
        if run.total > 0:
            tag("progress", "", "", value=worked, max=run.total, aria_label=t("jobs.state.running"))
    else:
        p(t("jobs.counts", done=run.done, skipped=run.skipped, failed=run.failed), "small")
    said = [t("jobs.by", name=run.by)] if run.by else []
    said += [t("jobs.late", at=moment(run.begun_at))] if run.late else []
    said += [t("jobs.missed", count=run.missed)] if run.missed else []
    for text in said:
        p(text, "muted small")
    if run.notes:
        with tag("details", "", "message-what"):
            tag("summary", t("jobs.failures"))
            with tag("ul"):
                for row, why in run.notes:
                    tag("li", f"{t('jobs.row', row=row)}: {why}" if row else why)
