"""What the screens say of jobs by the clock."""

from __future__ import annotations

JOBS: dict[str, tuple[str, str]] = {
    "nav.jobs": ("定时任务", "Jobs by the clock"),
    "jobs.title": ("定时任务", "Jobs by the clock"),
    "jobs.lead": (
        "工作簿“定时”表里的任务：接下来什么时候做，最近做得怎样。时刻都是校园时间。",
        "What the sheets called schedule say: when each job is next, and how it went lately. Times are campus time.",
    ),
    "jobs.empty": ("没有定时任务", "No jobs"),
    "jobs.empty_text": (
        "在工作簿里加一张“定时”表，发布后就会列在这里。",
        "Add a sheet called schedule to a workbook; once published, its jobs stand here.",
    ),
    "jobs.every": ("周期", "When"),
    "jobs.for": ("对象", "For"),
    "jobs.do": ("动作", "Does"),
    "jobs.once": ("一次", "once"),
    "jobs.next": ("接下来", "Next"),
    "jobs.none": ("不再到来（校历里没有以后的学期，或没有这样的日子）", "comes no more: no later term, or no such day"),
    "jobs.paused": ("已由{name}暂停", "Paused by {name}"),
    "jobs.pause": ("暂停", "Pause"),
    "jobs.resume": ("恢复", "Go on"),
    "jobs.pause_done": ("已暂停。正在做的会做完。", "Paused. What has begun is done to its end."),
    "jobs.resume_done": ("已恢复，从下一个时刻开始。", "It goes on, from its next time."),
    "jobs.run": ("立即运行", "Run now"),
    "jobs.run_title": ("现在运行“{job}”？", "Run “{job}” now?"),
    "jobs.run_text": (
        "会马上按工作簿做一次，该开的办件会开，该发的消息会发；到了它自己的时刻还会再做。",
        "It is done at once as the workbook says: cases are opened, messages sent. At its own time it is done again.",
    ),
    "jobs.run_done": ("已开始，结果稍后列在下面。", "It has begun; see below what comes of it."),
    "jobs.cancel": ("取消", "Cancel"),
    "jobs.runs": ("最近的运行", "Last runs"),
    "jobs.never": ("还没有运行过", "It has not run yet"),
    "jobs.state.running": ("进行中", "Running"),
    "jobs.state.done": ("已完成", "Done"),
    "jobs.state.failed": ("失败", "Failed"),
    "jobs.progress": ("{count} / {total} 行", "{count} of {total} rows"),
    "jobs.counting": ("正在清点", "Counting"),
    "jobs.counts": (
        "做了 {done} 行，条件不符 {skipped} 行，失败 {failed} 行",
        "{done} rows done, {skipped} left out by the condition, {failed} failed",
    ),
    "jobs.by": ("由{name}手动运行", "Run by {name}"),
    "jobs.late": (
        "补做：{at} 才开始，当时服务器没有运行",
        "Made up for: begun at {at}, since no server ran when it was due",
    ),
    "jobs.missed": ("之前错过 {count} 次，没有补做", "{count} earlier times were missed and not made up for"),
    "jobs.missed.one": ("之前错过 {count} 次，没有补做", "{count} earlier time was missed and not made up for"),
    "jobs.failures": ("看失败的行", "Show the rows that failed"),
    "jobs.row": ("第 {row}", "Row {row}"),
    "jobs.refresh": ("刷新", "Refresh"),
    "messages.file": ("下载 {name}", "Download {name}"),
}
