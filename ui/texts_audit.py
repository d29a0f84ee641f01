"""What the screens say to auditors, beside the rule log itself."""

from __future__ import annotations

AUDIT: dict[str, tuple[str, str]] = {
    "auditor.person": ("申请人姓名或编号", "Applicant's name or number"),
    "auditor.since": ("日期从", "From"),
    "auditor.until": ("到（含当天）", "Until (that day too)"),
    "auditor.cell": ("命中的单元格", "Cell that fired"),
    "auditor.amount": ("金额", "Amount"),
    "auditor.ledger": ("全部日志（可核对的 ZIP）", "The whole log (ZIP, can be verified)"),
    "auditor.findings": ("值得一看", "Worth a look"),
    "findings.title": ("值得一看", "Worth a look"),
    "findings.lead": (
        "这里列出的不一定有错：看一看，再下结论。不选日期时看全部办件，件数多时要等一会儿。",
        "None of this is a fault by itself: look before you judge. Without dates all cases are read, which takes a while.",
    ),
    "findings.own": ("办理自己的申请", "Decided on their own cases"),
    "findings.own.text": (
        "申请人自己同意或不同意了自己的申请。",
        "Applicants who approved or refused what they applied for.",
    ),
    "findings.twice": ("同一人办了两个环节", "One person at two steps"),
    "findings.twice.text": (
        "同一个人在一件里同意或不同意了两个以上环节；代办人按本人算。",
        "Somebody approved or refused at two steps or more of one case; stand-ins count as who they are.",
    ),
    "findings.allowed": ("办理自己的申请，流程允许", "Decided on their own cases, as the route allows"),
    "findings.allowed.text": (
        "流程表写明“自审允许”的环节，由申请人本人同意或不同意。",
        "Steps of which the route says that whoever applies may decide for herself.",
    ),
    "findings.outside": ("办公时间以外", "Outside office hours"),
    "findings.outside.text": (
        "在休息日，或在校历的办公时间以外，同意、不同意或退回。",
        "Approved, refused or returned on a day off, or outside the office hours of the calendar.",
    ),
    "findings.amount": ("异常金额", "Unusual amounts"),
    "findings.amount.text": (
        "每项服务、每个版本、每张收费表各取每件的最后一次合计；没有一项收费适用的件不算。与中位数的差超过 3.5 个尺度为异常；尺度是差的中位数的 1.4826 倍，它为 0 时是差的平均数的 1.2533 倍。不足十件不判断。",
        (
            "Of each tariff of a service and version, the last total of every case to which a charge applied. Unusual is what is more than 3.5 scales from the "
            "median; the scale is 1.4826 times the median distance, or, where that is 0, 1.2533 times the mean distance. Fewer than ten cases say nothing."
        ),
    ),
    "findings.unused": ("从未用到的规则行", "Rows of rules never used"),
    "findings.unused.text": (
        "生效版本中，上线以来没有一次决定命中的表、收费和制度的行。已过期的行不算。",
        "Rows of tables, tariffs and policies of the live version that no decision has named since it went live. Expired rows do not count.",
    ),
    "findings.none": ("没有。", "None."),
    "findings.more": ("只显示前 {count} 条，其余见导出。", "The first {count} are shown; the export has the others."),
    "findings.person": ("人员", "Person"),
    "findings.step": ("环节", "Step"),
    "findings.tariff": ("收费", "Tariff"),
    "findings.usual": ("中位数", "Median"),
    "findings.sheet": ("工作表", "Sheet"),
    "findings.rows": ("行号", "Rows"),
    "findings.live": ("上线时间", "Live since"),
}
