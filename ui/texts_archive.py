"""What the screens say of the archive."""

from __future__ import annotations

ARCHIVE: dict[str, tuple[str, str]] = {
    "nav.archive": ("归档", "Archive"),
    "archive.title": ("归档", "Archive"),
    "archive.lead": (
        "已办完的办件。归档文件可以离线保存，以后不经本系统也能核对有没有被改动。",
        "Cases that have ended. Their files can be kept elsewhere, and checked later without this hall.",
    ),
    "archive.file": ("归档文件", "Archive file"),
    "archive.pdf": ("归档 PDF", "Archive PDF"),
    "archive.query": ("单号或标题", "Number or title"),
    "archive.person": ("申请人姓名或编号", "Applicant's name or number"),
    "archive.service": ("服务", "Service"),
    "archive.state": ("结果", "Outcome"),
    "archive.since": ("办结日期从", "Ended from"),
    "archive.until": ("到（含当天）", "Until (that day too)"),
    "archive.find": ("查找", "Find"),
    "archive.reset": ("清空", "Reset"),
    "archive.finished": ("办结时间", "Ended"),
    "archive.number": ("档号", "File number"),
    "archive.retention": ("保管期限", "Kept for"),
    "archive.take": ("下载", "Download"),
    "archive.all": ("导出这 {count} 件（ZIP）", "Export all {count} (ZIP)"),
    "archive.catalogue": ("案卷目录（xlsx）", "Catalogue (xlsx)"),
    "archive.empty": ("没有符合条件的办件", "No ended case fits"),
    "archive.empty_text": ("换一个时间段，或清空条件。", "Try another period, or reset the filter."),
}
