"""Messages by mail. Apprise knows the mail server by its address (`mailtos://…`); the mail itself is made here.

Apprise gives every try another Message-ID and tells only whether it went well. Ours has the same one at every try, so that
mailboxes see a repeat as one mail, and the server's answer says whether trying again is of use.
"""

from __future__ import annotations

import base64
import contextlib
import re
import smtplib
import ssl
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from functools import cached_property
from typing import Any

from banshi.platform.notices.sending import Again, Never, Result, Sending, Sent, why
from banshi.storage.contract import StoredMessage

SECONDS = 15.0
_ADDRESS = re.compile(r"[^@\s<>\",;:()\[\]\\]+@[^@\s<>\",;:()\[\]\\]+\.[^@\s<>\",;:()\[\]\\]+")


class MailSender:
    """See the module. `address_of` gives a person's mail address by her id, empty where there is none."""

    def __init__(self, sending: Sending, address_of: Callable[[str], str], clock: Callable[[], datetime]) -> None:
        self._sending = sending
        self._address_of = address_of
        self._clock = clock

    def __call__(self, message: StoredMessage) -> Result:
        """Send a message once."""
        if not self._sending.mail:
            return Again(
                why("没有设置邮件服务器（设置 BANSHI_MAIL）", "no mail server is set (the setting BANSHI_MAIL)")
            )
        if self._server is None:
            return Again(why("邮件服务器的地址读不懂（设置 BANSHI_MAIL）", "the setting BANSHI_MAIL cannot be read"))
        to = str(message.content.get("address") or self._address_of(message.target)).strip()
        if not _ADDRESS.fullmatch(to):
            return Never(why("人员名单里没有收件人的邮箱", "the list of people has no mail address for the recipient"))
        try:
            with self._connected() as server:
                server.send_message(self._mail(message, to))
        except smtplib.SMTPRecipientsRefused as refused:
            code, _ = next(iter(refused.recipients.values()))
            return _refused(code)
        except smtplib.SMTPResponseException as error:
            # 5xx of the server itself, such as a wrong password, is mended by the administrator.
            hopeless = isinstance(error, smtplib.SMTPDataError | smtplib.SMTPSenderRefused) and error.smtp_code in (
                552,
                554,
            )
            return _refused(error.smtp_code) if hopeless else _answered(error.smtp_code)
        except (OSError, smtplib.SMTPException) as error:
            text = (str(error) or type(error).__name__)[:200]
            return Again(why(f"邮件服务器连接失败：{text}", f"the mail server cannot be reached: {text}"))
        return Sent()

    @cached_property
    def _server(self) -> Any:
        """The server as apprise reads its address; None where it cannot."""
        # Imported here: it takes a second, and few halls send mail.
        from apprise import Apprise
        from apprise.plugins.email import NotifyEmail

        found = Apprise.instantiate(self._sending.mail)
        return found if isinstance(found, NotifyEmail) else None

    @contextlib.contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        server = self._server
        context = ssl.create_default_context()
        if not server.verify_certificate:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        secure = str(server.secure_mode)
        if secure == "ssl":
            made: smtplib.SMTP = smtplib.SMTP_SSL(server.smtp_host, server.port, timeout=SECONDS, context=context)
        else:
            made = smtplib.SMTP(server.smtp_host, server.port, timeout=SECONDS)
        with made:
            if secure == "starttls":
                made.starttls(context=context)
            if server.user and server.password:
                made.login(server.user, server.password)
            yield made

    def _mail(self, message: StoredMessage, to: str) -> EmailMessage:
        """The mail: in Chinese, with the English below where that says something else."""
        title, text = message.content["title"], message.content["text"]
        name, sender = self._server.from_addr
        mail = EmailMessage()
        mail["Subject"] = _line(title["zh"])
        mail["From"] = Address(display_name=_line(name or "办事大厅"), addr_spec=sender)
        mail["To"] = Address(addr_spec=to)
        mail["Date"] = self._clock()
        mail["Message-ID"] = f"<{message.key}@{sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        parts = [text["zh"], *([text["en"]] if text["en"] != text["zh"] else [])]
        if self._sending.site and message.case_id:
            parts.append(f"{self._sending.site.rstrip('/')}/cases/{message.case_id}")
        mail.set_content("\n\n".join(parts) + "\n")
        for file in message.content.get("files", ()):
            data = base64.b64decode(file["data"])
            mail.add_attachment(data, maintype="application", subtype=file["type"], filename=file["name"])
        return mail


def _line(text: str) -> str:
    """A text as a header takes it: in one line, without signs that steer."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _refused(code: int) -> Result:
    if 500 <= code < 600:
        return Never(why(f"邮件服务器拒收（{code}）", f"the mail server refuses it ({code})"))
    return _answered(code)


def _answered(code: int) -> Result:
    return Again(why(f"邮件服务器答复 {code}", f"the mail server answered {code}"))


def mail_addresses(text: str) -> tuple[str, ...]:
    """The addresses of a setting, parted by commas or blanks, each once. Raises ValueError where one is none."""
    found = tuple(dict.fromkeys(filter(None, re.split(r"[,，;；\s]+", text))))
    if wrong := [one for one in found if not _ADDRESS.fullmatch(one)]:
        raise ValueError(f"{wrong[0]} is no mail address")
    return found


def mail_address(attributes: Mapping[str, str]) -> str:
    """The mail address among a person's attributes."""
    return next((attributes[name] for name in ("email", "邮箱", "电子邮箱") if attributes.get(name)), "")
