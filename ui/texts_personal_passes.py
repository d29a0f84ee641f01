"""What the screens say of personal passes: to their holders, and to the offices that read who came and went."""

from __future__ import annotations

PERSONAL_PASSES: dict[str, tuple[str, str]] = {
    "nav.my_pass": ("我的通行码", "My pass"),
    "nav.passages": ("进出记录", "Entries and exits"),
    "turning.title": ("我的通行码", "My pass"),
    "turning.none": ("名册里没有您，所以没有个人通行证。", "No roll names you, so you have no personal pass."),
    "turning.none_do": (
        "如果应该有，请联系公寓或业务主管部门核对名册。",
        "If you should have one, ask the office to look at its roll.",
    ),
    "turning.changes": (
        "码每 30 秒换一次，每个码只能用一次；截图很快就没有用。",
        "The code changes every 30 seconds and counts once: a picture of it is soon worth nothing.",
    ),
    "turning.next": ("{count} 秒后换新码", "Next code in {count} s"),
    "turning.stale": (
        "没有网络，码没有更新，闸机不会放行。请联网，或请门岗查验证件。",
        "No network: the code was not renewed, and gates refuse it. Go online, or show your card to the keeper.",
    ),
    "turning.script": (
        "浏览器没有运行脚本，码不会自动更换：请每次刷新本页。",
        "Scripts are off: the code does not change by itself. Load this page again each time.",
    ),
    "turning.inside": ("现在在里面，出门也要出示", "Inside now; show it on the way out too"),
    "turning.leaving": (
        "通行证已经无效，您还在里面：这个码只能用来出门。",
        "The pass does not count any more, and you are inside: this code is only for leaving.",
    ),
    "pass.state.leaving": ("只能出门", "Only for leaving"),
    "turning.back": ("回到大厅", "Back to the hall"),
    "passages.title": ("进出记录", "Entries and exits"),
    "passages.lead": (
        "个人通行证的进出。记录保存 {months} 个月后自动删除。",
        "Entries and exits with personal passes. They are deleted after {months} months.",
    ),
    "passages.masked": (
        "您不在“查看人”里，姓名打码。",
        "You are not named in the column office: names are masked.",
    ),
    "passages.inside": ("在里面", "Inside"),
    "passages.away": ("出去未回", "Out and not back"),
    "passages.late": ("7 天内晚归", "Late in 7 days"),
    "passages.hours": ("今天各小时进门", "Entries of today by the hour"),
    "passages.hour": ("时", "Hour"),
    "passages.entries": ("进门", "Entries"),
    "passages.number": ("学工号", "Number"),
    "passages.name": ("姓名", "Name"),
    "passages.since": ("出门时间", "Went out"),
    "passages.nobody": ("没有人。", "Nobody."),
    "passages.more": ("只列出最早的 {count} 人", "The first {count} are shown"),
    "passages.week": ("7 天内晚归名单 (xlsx)", "Late entries of 7 days (xlsx)"),
    "passages.all": ("全部进出 ({type})", "Everything ({type})"),
}
