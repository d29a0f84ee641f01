"""What lets somebody send a form that is opened by a live code alone, and why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from banshi.platform.errors import HallError


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """A scan that counts: what it fills in, and what the log says of it.

    `told` are the case that showed the code (`case_id`, `number`, `service_id`), the code (`name`, `title`, `title_en`) and when it was scanned (`at`).
    """

    answers: Mapping[str, Any] = field(default_factory=dict)
    told: Mapping[str, Any] = field(default_factory=dict)


class ScanFirst(HallError):
    """The form is opened by a code on a screen alone."""

    status = 428

    def __init__(self, title_zh: str, title_en: str) -> None:
        super().__init__(
            f"“{title_zh}”要现场扫码才能填写。请用手机扫一扫屏幕上的二维码。",
            f"“{title_en}” is filled in by whoever scans the code on the screen. Please scan it with your phone.",
        )


class ScanAgain(HallError):
    """A code that the screen does not show any more."""

    status = 410

    def __init__(self) -> None:
        super().__init__(
            "这个二维码已经换掉了。请再扫一次屏幕上现在的二维码。",
            "This code has been replaced. Please scan again: the code that is on the screen now.",
        )


class NoCode(HallError):
    """An address that no screen of this hall has shown."""

    status = 404

    def __init__(self) -> None:
        super().__init__(
            "这不是本办事大厅的动态码，没有办理。请扫屏幕上的二维码，不要手工输入网址。",
            "This is no code of this hall; nothing was done. Please scan the code on the screen, and do not type its address.",
        )


class CodeEnded(HallError):
    """The step at which the code was shown is over."""

    status = 410

    def __init__(self, title_zh: str, title_en: str) -> None:
        super().__init__(
            f"“{title_zh}”已经结束，没有记录。有疑问请联系发起的老师或组织者。",
            f"“{title_en}” is over; nothing was recorded. Please ask whoever opened it.",
        )


class SentTooLate(HallError):
    """The form was not sent within the minutes that a scan is good for."""

    status = 410

    def __init__(self, minutes: int) -> None:
        super().__init__(
            f"扫码后 {minutes} 分钟内没有提交，这次扫码失效。请再扫一次屏幕上的二维码。",
            f"The form was not sent within {minutes} minutes of the scan, which counts no more. Please scan the code on the screen again.",
        )


class OthersScan(HallError):
    """Somebody else is signed in than when the code was scanned."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            "扫码的人和现在登录的人不是同一位。请本人再扫一次屏幕上的二维码。",
            "Another person scanned than is signed in now. Please scan the code on the screen again yourself.",
        )
