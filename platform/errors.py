"""What a way in must tell its user: one small class a failure, each with its sentence in Chinese and in English."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

from banshi.storage.contract import AttachmentGone, StorageBusy, StorageError, StorageFull, StoreOutgrown

T = TypeVar("T")


class HallError(Exception):
    """A request that the hall declines. `status` is the HTTP status that fits."""

    status = 400

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self._texts = {"zh": zh, "en": en}

    def message(self, language: str = "zh") -> str:
        """The sentence to show."""
        return self._texts["en" if language == "en" else "zh"]


class NotSignedIn(HallError):
    """Nobody is signed in, or the session ended."""

    status = 401

    def __init__(self) -> None:
        super().__init__("请先登录。", "Please sign in first.")


class NotAllowed(HallError):
    """The person may not see or do this."""

    status = 403

    def __init__(self, zh: str = "您没有查看或办理它的权限。", en: str = "You may not see or do this.") -> None:
        super().__init__(zh, en)


class Declined(HallError):
    """What was asked for makes no sense as it is; the sentence says what would."""

    status = 422


class TooEarly(HallError):
    """Urging again so soon: `when` it may be done again, as the sentence says."""

    status = 429

    def __init__(self, when: datetime) -> None:
        super().__init__(
            f"刚刚已经催办过，{when:%Y-%m-%d %H:%M} 以后可以再催。",
            f"They were urged a short while ago; you may again after {when:%Y-%m-%d %H:%M}.",
        )


_KINDS = {
    "job": ("定时任务", "job"),
    "service": ("服务", "service"),
    "version": ("版本", "version"),
    "case": ("办件", "case"),
    "task": ("任务", "task"),
    "person": ("人员", "person"),
    "decision": ("决定", "decision"),
    "attachment": ("附件", "attachment"),
    "department": ("单位", "department"),
    "table": ("统计表", "table of figures"),
    "dataset": ("数据表", "data set"),
    "impact": ("影响测算", "run of an impact"),
    "stand-in": ("代办时段", "time of standing in"),
    "answer": ("敏感内容", "sensitive answer"),
    "message": ("消息", "message"),
    "order": ("付款单", "payment"),
    "account": ("账户", "account"),
    "transaction": ("账目", "transaction"),
    "holder": ("持有者", "holder"),
    "receipt": ("收款", "receipt"),
    "paper": ("文书", "paper"),
    "pass": ("通行证", "pass"),
    "code": ("动态码", "live code"),
    "plan": ("发布计划", "planned version"),
}


class NotFound(HallError):
    """There is no such thing."""

    status = 404

    def __init__(self, kind: str, name: str) -> None:
        zh, en = _KINDS[kind]
        super().__init__(f"没有找到{zh}“{name}”。", f"There is no {en} “{name}”.")


class TrialOver(HallError):
    """A trial that was ended, replaced or forgotten."""

    status = 404

    def __init__(self) -> None:
        super().__init__(
            "这次试运行已经结束，请从工作簿或服务页面重新开始。",
            "This trial is over; please begin again from the workbook or the service.",
        )


class Stale(HallError):
    """Somebody acted first; nothing was changed by the one who is told so."""

    status = 409

    def __init__(self, actor_zh: str = "", actor_en: str = "") -> None:
        super().__init__(
            f"该办件刚刚已由{actor_zh or '他人'}处理，您的操作没有生效。请查看最新状态。",
            f"{actor_en or 'Somebody else'} has just acted on this case, so yours had no effect. Please look again.",
        )


class AnsweredOtherwise(HallError):
    """Another system, or somebody for it, has already said the contrary; that stands."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            "这一环节已经收到另一种答复，以先到的为准。",
            "This step has had another answer already, and the first one stands.",
        )


class NotAwaited(HallError):
    """A step does not wait for another system, or not any more."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            "这一环节现在不等外部系统答复，可能已超时、已退回或办件已结束。",
            "This step does not wait for another system now: it may have been overdue or returned, or the case has ended.",
        )


class NewerVersion(HallError):
    """Another version went live since the workbook was checked; nothing was published.

    `version` is the short name of the one that is live now, `who` published it, in Chinese and English.
    """

    status = 409

    def __init__(self, version: str, who: tuple[str, str], at: datetime | None) -> None:
        when = f"{at:%Y-%m-%d %H:%M}" if at else ""
        super().__init__(
            f"在您查看之后，{who[0]}已于 {when} 发布了版本 {version}，您的操作没有生效。请看过与它的差别，再决定是否继续。",
            f"Since you looked, {who[1]} published version {version} ({when}); yours had no effect. Look at the differences from it, and go on if you still want to.",
        )
        self.version = version


class PlanChanged(HallError):
    """Somebody decided on a planned version first."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            "这个发布计划刚刚已有人处理，您的操作没有生效。请查看最新状态。",
            "Somebody has just decided on this planned version, so yours had no effect. Please look again.",
        )


class AlreadySent(HallError):
    """The draft was sent, or thrown away, in another window: it is not sent twice."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            "这份草稿已在另一个窗口提交或放弃，没有重复提交。请到“我的办件”查看；要再办一件，请重新打开表单。",
            "This draft was sent or discarded in another window, so nothing was sent twice. Look at “My cases”; to apply once more, open the form again.",
        )


class DraftChanged(HallError):
    """The draft was saved in another window or on another device meanwhile: it is not written over unasked."""

    status = 409

    def __init__(self, saved_at: datetime, answers: Mapping[str, Any], chosen: Mapping[str, Any]) -> None:
        super().__init__(
            "这份草稿刚在另一个窗口或设备上保存过，这里的内容没有覆盖它。",
            "This draft was saved in another window or on another device; what is here did not replace it.",
        )
        self.saved_at = saved_at
        self.answers = answers
        self.chosen = chosen


class ChangedAfterSending(HallError):
    """A form that was sent comes again with other answers: they are not taken for those that were sent."""

    status = 409

    def __init__(self, number: str) -> None:
        super().__init__(
            f"这份申请先前已经提交成功（单号 {number}），之后的修改没有提交。请到“我的办件”查看。",
            f"This form was sent before, as {number}; what you changed since was not sent. Look at “My cases”.",
        )


class OtherCommand(HallError):
    """The id of a command was used for another one before: this one was not carried out."""

    status = 409

    def __init__(self, number: str) -> None:
        super().__init__(
            f"这个操作编号先前用于单号 {number} 的另一次操作，这一次没有执行。请刷新页面后再办。",
            f"The id of this command was used before, for another one on {number}; nothing was done. Reload the page and try again.",
        )
        self.number = number


class OtherScan(OtherCommand):
    """The id of a scan was used for another one before: this one was not checked."""

    def __init__(self, number: str) -> None:
        super().__init__(number)
        HallError.__init__(
            self,
            "这个扫码编号先前用于另一次扫码，这一次没有查验。每次扫码用一个新编号，再刷一次。",
            "The id of this scan was used before, for another scan; nothing was checked. Give every scan an id of its own, and scan again.",
        )


class AttachmentRefused(HallError):
    """A file that is not taken."""

    status = 413


class FileRefused(HallError):
    """A file that is not taken: it is too large, or not what is asked for."""

    status = 413


class ChangedForm(HallError):
    """The form was published anew since a file was checked against it."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            "检查之后表单更新了，没有提交。请重新上传，再检查一次。",
            "The form was changed since the file was checked, so nothing was sent. Upload it again to have it checked.",
        )


class Overloaded(HallError):
    """Too many people do the same at once."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "现在上传的人较多，请过一会儿再试。", "Many people are uploading files now; please try again in a moment."
        )


class StorageFailed(HallError):
    """The store could not write: nothing was changed."""

    status = 503

    @classmethod
    def because(cls, error: StorageError) -> StorageFailed:
        """The sentence for a failure of the store."""
        match error:
            case StoreOutgrown():
                return cls(
                    "这个单文件数据库的办件数已到上限，本次操作没有保存，已有数据完好。请管理员用 banshi move 换用数据库。",
                    "This single-file store has as many cases as it is for: nothing was saved, and what was there is "
                    "intact. An administrator should move it to a database: banshi move.",
                )
            case StorageFull():
                return cls(
                    "服务器磁盘已满，本次操作没有保存，已有数据完好。请联系管理员。",
                    "The server's disk is full: nothing was saved, and what was there is intact. Tell support.",
                )
            case StorageBusy():
                return cls(
                    "系统繁忙，本次操作没有保存。请稍后再试。",
                    "The system is busy: nothing was saved. Please try again soon.",
                )
            case _:
                return cls(
                    "数据暂时无法读写，本次操作没有保存。请联系管理员。",
                    "The data cannot be read or written now: nothing was saved. Tell an administrator.",
                )


def plain_failures(facade: type[T]) -> type[T]:
    """Let every public method tell a failure of the store in words for people."""
    for name, method in list(vars(facade).items()):
        if callable(method) and not name.startswith("_"):
            setattr(facade, name, _plain_failure(method))
    return facade


def _plain_failure(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def told(*args: Any, **kwargs: Any) -> Any:
        try:
            return method(*args, **kwargs)
        except AttachmentGone as error:
            raise Declined("附件已失效，请重新上传。", "A file is no longer there; please attach it again.") from error
        except StorageError as error:
            raise StorageFailed.because(error) from error

    return told
