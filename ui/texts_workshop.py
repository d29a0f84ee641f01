"""What the screens say where owners try drafts and rules out, and look through the cases of a service."""

from __future__ import annotations

WORKSHOP: dict[str, tuple[str, str]] = {
    "trial.title": ("试运行：{title}", "Trial: {title}"),
    "trial.begin": ("试运行", "Try it"),
    "trial.begin_live": ("试运行现行版", "Try the live version"),
    "trial.lead": (
        "像真的一样填写、办理。这里的一切都不是真的：不影响任何办件，不占单号，不发送消息，不进规则日志，结束后全部丢弃。",
        "Fill in and decide as in earnest; none of it is real. No case is touched, no number taken, nothing sent or logged.",
    ),
    "trial.back": ("返回服务管理", "Back to my services"),
    "trial.as": ("以谁的身份", "As whom"),
    "trial.turn": ("现在轮到", "Whose turn it is"),
    "trial.turn_none": ("没有等待处理的办件", "Nothing waits for anybody"),
    "trial.mend": ("修改退回的申请", "mends what came back"),
    "trial.cases": ("试运行的办件", "Cases of this trial"),
    "trial.apply": ("填写申请", "Apply"),
    "trial.apply_not": (
        "此人不能申请这项服务，请换一个身份。",
        "This person may not apply for the service; try another.",
    ),
    "trial.hidden": ("此人看不到这个办件，请换一个身份。", "This person may not see the case; try another."),
    "trial.sent": (
        "已提交，单号 {number}。下面以申请人的身份查看。",
        "Sent as {number}; here it is as the applicant sees it.",
    ),
    "trial.now": ("这里的时间：{at}", "The time here: {at}"),
    "trial.day": ("过 1 天", "One day on"),
    "trial.week": ("过 7 天", "Seven days on"),
    "trial.jump": ("到这一天", "On to this day"),
    "trial.jumped": ("到了 {at}，{count} 个时限到期。", "It is {at}; {count} deadlines were met."),
    "trial.jump_back": ("时间只能往后。", "Time only goes on."),
    "trial.anew": ("重新开始", "Begin anew"),
    "trial.examples": (
        "有用例没有通过，改正之前不能发布。",
        "Some examples fail; it cannot be published until they pass.",
    ),
    "trial.tab.form": ("填表与办理", "Form and route"),
    "trial.tab.bench": ("规则试算", "Rule bench"),
    "bench.rule": ("规则", "Rule"),
    "bench.kind.table": ("规则表", "table"),
    "bench.kind.tariff": ("收费", "tariff"),
    "bench.kind.policy": ("制度", "policy"),
    "bench.none": ("这份工作簿里没有规则表、收费或制度。", "This workbook has no table, tariff or policy."),
    "bench.lead": (
        "填上规则要读的数据，看它怎么说、依据哪些单元格。没有填的按没有给出计算。",
        "Fill in what the rule reads and see what it says, and from which cells. What is left blank is not given.",
    ),
    "bench.several": ("每行一个", "One a line"),
    "bench.run": ("试算", "Run"),
    "bench.result": ("结果", "Result"),
    "bench.cells": ("依据的单元格", "Cells"),
    "bench.wrong": ("没有算成的", "What could not be computed"),
    "bench.near": ("差一点就适用的行", "Rows that nearly applied"),
    "bench.why": ("为什么", "Why"),
}
