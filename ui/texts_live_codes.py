"""What the screens say of live codes: on the page of a case, on the screen of a room, after a scan."""

from __future__ import annotations

LIVE_CODES: dict[str, tuple[str, str]] = {
    "code.title": ("动态码", "Live code"),
    "code.lead": (
        "投到屏幕上请大家扫，扫了打开“{service}”。码会自动更换，旧的照片没有用。",
        "Put it on the screen to be scanned; it opens “{service}”. It changes by itself, and an old picture of it is worth nothing.",
    ),
    "code.show": ("全屏展示", "Show it on the screen"),
    "code.show_it": ("展示{title}", "Show {title}"),
    "code.qr": ("动态二维码", "Live QR code"),
    "code.scan": ("用手机扫一扫", "Scan with your phone"),
    "code.next": ("{seconds} 秒后换码", "Changes in {seconds} s"),
    "code.offline": (
        "连不上办事大厅，正在重试。现在的码可能已经失效。",
        "The hall cannot be reached; trying again. This code may be worth nothing by now.",
    ),
    "code.over": ("已经结束，不再展示。", "It is over and shown no more."),
    "code.back": ("回到办件", "Back to the case"),
    "error.428.title": ("请先扫码", "Please scan first"),
    "error.428.text": ("这张表单要现场扫码才能打开。", "This form is opened by scanning the code on the screen."),
    "code.refused": ("没有打开", "Not opened"),
    "rows.download": ("下载{label}（xlsx）", "Download {label} (xlsx)"),
    "form.by_code": (
        "已扫码，时间已记下。二维码填好的内容不能改；核对后请马上提交，过几分钟就要重新扫。",
        "Scanned, and the time is noted. What the code filled in cannot be changed. Look at it and send now; in some minutes you would have to scan again.",
    ),
}
