"""What the screens say of sensitive answers: masks, looks, and personal data that were deleted."""

from __future__ import annotations

PRIVACY: dict[str, tuple[str, str]] = {
    "privacy.title": ("已遮盖的敏感信息", "Sensitive answers under a mask"),
    "privacy.text": (
        "只有申请人和经办的人看到全部。您可以写明原因后查看；谁在什么时候为什么看了哪一项，都会记入办理过程，申请人也看得到。",
        "Only the applicant and those who handle the case see all of it. You may look for a reason; who looked, when, at what and why goes into the record, where the applicant sees it too.",
    ),
    "privacy.reason": ("查看的原因", "Why you look"),
    "privacy.reason_hint": ("如：核对低保名单、答复投诉", "Such as: checking a list, answering a complaint"),
    "privacy.no_reason": ("请先写明查看的原因。", "Say why you look first."),
    "privacy.show": ("查看", "Show"),
    "privacy.show_what": ("查看{label}", "Show {label}"),
    "privacy.shown": (
        "已记入办理过程。刷新页面后重新遮盖。",
        "It was recorded. The mask is back once the page is loaded again.",
    ),
    "privacy.erased.period": (
        "{at} 按服务规定的保存期限删除了：{labels}。",
        "Deleted on {at} under the period of the service: {labels}.",
    ),
    "privacy.erased.request": ("{at} 应请求删除了：{labels}。", "Deleted on {at} on request: {labels}."),
    "privacy.looks": ("查看与删除敏感信息", "Looks at sensitive answers, and deletions"),
    "privacy.looks_lead": (
        "谁在什么时候、为什么看了哪件的哪一项，哪些已经删除。",
        "Who looked at what of which case, when and why; and what was deleted.",
    ),
    "privacy.what": ("内容", "What"),
    "privacy.why": ("原因", "Reason"),
    "privacy.who": ("谁", "Who"),
    "privacy.none": ("还没有人查看过", "Nobody has looked yet"),
    "privacy.none_text": ("查看和删除会逐条列在这里。", "Looks and deletions are listed here."),
    "privacy.open_file": ("打开文件", "Open the file"),
}
