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
    "privacy.open_file": ("打开文件", "Open the file"),
}
