"""Sending: what leaves, when it is tried again, and what never leaves.

S1 a push is signed, and a receiver can check it · S2 what fails is tried again, more and more rarely, and in the end given up with a
sentence · S3 only allowed hosts at allowed addresses are called, whatever a name or an answer says · S4 a mail is one mail however
often it is tried · S5 what was given up is sent again by those who may.
"""

from __future__ import annotations

import hmac
import json
import ssl
import subprocess
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from receivers import mail_server, receiver
from telling import (
    ADMIN,
    FINANCE,
    HEAD,
    OWNER,
    SECRET,
    STUDENT,
    Clock,
    decide,
    open_hall,
    outside,
    person,
    send,
    sending,
    service,
)
from workbooks import workbook_from_text

from banshi.platform.errors import Declined, NotAllowed
from banshi.platform.hall import Hall
from banshi.platform.notices import webhook
from banshi.platform.notices.dispatcher import Dispatcher
from banshi.platform.notices.sending import Again, Never, Result, Sending, Sent, allowed_hosts, why
from banshi.platform.notices.webhook import WebhookSender
from banshi.storage.contract import StoredMessage


@pytest.fixture
def clock() -> Clock:
    return Clock()


def ordered(folder: Path, clock: Clock, url: str, sends: Sending) -> Hall:
    """A hall in which an order waits to be pushed."""
    hall = open_hall(folder, clock, shop=url, sending=sends)
    decide(hall, HEAD, send(hall))
    return hall


def states(hall: Hall) -> dict[str, tuple[str, int, str]]:
    """Of the messages to other systems: state, tries, and why, by target."""
    found = {}
    for state in ("waiting", "failed", "sent"):
        for row in hall.outbox.messages(person(hall, ADMIN), state).items:
            if row.channel == "webhook":
                found[row.to] = (row.state, row.tries, row.why)
    return found


def test_s1_a_push_is_signed_with_its_time_and_key(tmp_path: Path, clock: Clock) -> None:
    with receiver() as shop:
        hall = ordered(tmp_path, clock, shop.url, sending(shop.port))
        hall.outbox.send_due()
        [(headers, body)] = shop.requests
        hall.close()
    assert json.loads(body) == {"订单号": "SJ20260001", "等级": "AR", "数量": 12, "金额": 238.8}
    said = b".".join((headers["X-Banshi-Time"].encode(), headers["Idempotency-Key"].encode(), body))
    assert headers["X-Banshi-Signature"] == "v1=" + hmac.new(SECRET.encode(), said, "sha256").hexdigest()
    assert int(headers["X-Banshi-Time"]) == int(clock.now.timestamp())
    assert len(headers["Idempotency-Key"]) == 32


def test_s2_what_fails_is_tried_again_under_the_same_key_until_it_is_taken(tmp_path: Path, clock: Clock) -> None:
    answers = iter(["500", "drop", "ok"])
    with receiver(lambda: next(answers)) as shop:
        hall = ordered(tmp_path, clock, shop.url, sending(shop.port))
        while hall.outbox.send_due():
            pass
        assert states(hall)["商城"] == ("waiting", 1, "对方答复 500")
        for _ in range(2):
            clock.go(hours=1)
            while hall.outbox.send_due():
                pass
        assert states(hall)["商城"][0] == "sent"
        assert len({headers["Idempotency-Key"] for headers, _ in shop.requests}) == 1
        assert len({body for _, body in shop.requests}) == 1
        # It arrived twice, as the connection broke after the second try; by its key it is one order.
        assert list(shop.arrivals.values()) == [2]
        assert len(shop.taken) == 1
        hall.close()


def test_s2_after_its_last_try_it_is_given_up_and_sent_again_on_demand(tmp_path: Path, clock: Clock) -> None:
    behave = ["503"]
    with receiver(lambda: behave[0]) as shop:
        hall = ordered(tmp_path, clock, shop.url, sending(shop.port))
        for _ in range(9):
            hall.outbox.send_due()
            clock.go(days=1)
        assert states(hall)["商城"] == ("failed", 3, "对方答复 503")
        assert len(shop.requests) == 3, "as the connection says"
        [row] = hall.outbox.messages(person(hall, OWNER), "failed", language="en").items
        assert (row.why, row.number) == ("the receiver answered 503", "SJ20260001")
        behave[0] = "ok"
        with pytest.raises(NotAllowed):
            hall.outbox.send_again(person(hall, STUDENT), row.key)
        hall.outbox.send_again(person(hall, OWNER), row.key)
        with pytest.raises(Declined):
            hall.outbox.send_again(person(hall, OWNER), row.key)
        hall.outbox.send_due()
        assert states(hall)["商城"][:2] == ("sent", 1)
        assert len(shop.taken) == 1
        hall.close()


@pytest.mark.parametrize(
    ("answer", "state"), [("422", "failed"), ("400", "failed"), ("404", "waiting"), ("429", "waiting")]
)
def test_s2_what_the_receiver_calls_wrong_is_not_tried_again(
    tmp_path: Path, clock: Clock, answer: str, state: str
) -> None:
    with receiver(lambda: answer) as shop:
        hall = ordered(tmp_path, clock, shop.url, sending(shop.port))
        hall.outbox.send_due()
        assert states(hall)["商城"][0] == state
        hall.close()


def test_s2_who_does_not_answer_is_left(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "ALL_SECONDS", 0.3)
    with receiver(lambda: "late", slow=1.0) as shop:
        hall = ordered(tmp_path, clock, shop.url, sending(shop.port))
        hall.outbox.send_due()
        assert states(hall)["商城"] == ("waiting", 1, "对方在规定时间内没有答复")
        hall.close()


class Store:
    """Takes one message again and again, and remembers what came of it."""

    def __init__(self, message: StoredMessage) -> None:
        self.message = message
        self.settled: list[StoredMessage] = []

    def take_messages(self, now, lease, *, limit):
        from dataclasses import replace

        self.message = replace(self.message, tries=self.message.tries + 1)
        return [self.message]

    def settle_message(self, message):
        self.settled.append(message)
        return True


def a_message(clock: Clock, **content: object) -> StoredMessage:
    return StoredMessage(
        key="0123456789abcdef0123456789abcdef", case_id="C1", service_id="buying", channel="webhook", target="商城",
        content={"body": '{"a": 1}', **content}, made_at=clock.now, free_at=clock.now,
    )  # fmt: skip


def waits(clock: Clock, result: Result, chance: float, tries: int) -> list[timedelta | None]:
    """How long after each try the next one comes; None where it is given up."""
    store = Store(a_message(clock, connection={"tries": tries}))
    dispatcher = Dispatcher(store, {"webhook": lambda _: result}, clock, chance=lambda: chance)  # type: ignore[arg-type]
    for _ in range(tries):
        dispatcher.send_due()
    return [None if one.state == "failed" else one.free_at - clock.now for one in store.settled]


def test_s2_the_waits_grow_threefold_to_eight_hours_and_are_spread(clock: Clock) -> None:
    failing = Again(why("不通", "down"))
    middle = waits(clock, failing, 0.5, 10)
    assert middle == [*(timedelta(seconds=s) for s in (30, 90, 270, 810, 2430, 7290, 21870, 28800, 28800)), None]
    assert waits(clock, failing, 0.0, 2)[0] == timedelta(seconds=22.5)
    assert waits(clock, failing, 1.0, 2)[0] == timedelta(seconds=37.5)
    assert waits(clock, Again(why("忙", "busy"), timedelta(minutes=7)), 0.5, 2)[0] == timedelta(minutes=7)
    assert waits(clock, Never(why("不收", "no")), 0.5, 10)[0] is None


def test_s2_a_fault_of_our_own_stops_nothing(clock: Clock) -> None:
    store = Store(a_message(clock))

    def broken(_: StoredMessage) -> Result:
        raise KeyError("url")

    Dispatcher(store, {"webhook": broken}, clock).send_due()  # type: ignore[arg-type]
    assert (store.settled[0].state, store.settled[0].why["zh"]) == ("waiting", "平台出错，已记入日志")


# What never leaves


def sent(
    clock: Clock, url: str, hosts: str, addresses: list[str] | None = None, auth: str = ""
) -> tuple[Result, list[str]]:
    """What comes of sending to a URL, and which names were looked up."""
    asked: list[str] = []

    def resolve(host: str, port: int):
        asked.append(host)
        return [ip_address(one) for one in addresses or []]

    sends = Sending(hosts=allowed_hosts(hosts), secrets={})
    sender = WebhookSender(sends, lambda _: {"url": url, "auth": auth}, clock, resolve)
    return sender(a_message(clock)), asked


@pytest.mark.parametrize(
    ("url", "hosts"),
    [
        ("https://shop.example.com/", ""),
        ("https://shop.example.com/", "other.example.com"),
        ("https://shop.example.com.evil.example/", "shop.example.com"),
        ("https://evil.example/?shop.example.com", "shop.example.com"),
        ("https://shop.example.com@evil.example/", "shop.example.com, evil.example"),
        ("https://shop.example.com:8443/", "shop.example.com"),
        ("http://shop.example.com/", "shop.example.com:80"),
        ("http://10.1.2.3:80/", "10.1.2.3:80"),
        ("ftp://shop.example.com/", "shop.example.com"),
        ("file:///etc/passwd", "shop.example.com"),
    ],
)
def test_s3_a_host_that_was_not_allowed_is_not_even_looked_up(clock: Clock, url: str, hosts: str) -> None:
    result, asked = sent(clock, url, hosts, ["93.184.216.34"])
    assert isinstance(result, Again)
    assert "BANSHI_CONNECT_HOSTS" in result.why["zh"]
    assert asked == []


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "::1", "169.254.169.254", "10.0.0.5", "192.168.1.1", "172.16.3.4", "100.64.0.1", "0.0.0.0", "224.0.0.1",
     "fd00::1", "fe80::1", "::ffff:127.0.0.1", "::ffff:10.0.0.5"],
)  # fmt: skip
def test_s3_an_allowed_name_that_points_inside_is_not_called(clock: Clock, address: str) -> None:
    """DNS rebinding: the name was allowed, its address was not. One bad address among good ones is enough."""
    for addresses in ([address], ["93.184.216.34", address]):
        result, asked = sent(clock, "https://shop.example.com/orders", "shop.example.com", addresses)
        assert isinstance(result, Again)
        assert "不允许的地址" in result.why["zh"]
        assert asked == ["shop.example.com"], "looked up once"


def test_s3_an_address_of_the_campus_is_taken_where_its_network_is_named() -> None:
    [host] = allowed_hosts("finance.gdut.example.edu.cn@10.1.0.0/16+fd00::/8")
    assert [host.takes(ip_address(one)) for one in ("10.1.2.3", "fd00::9", "10.2.0.1", "127.0.0.1", "8.8.8.8")] == [
        True, True, False, False, True,
    ]  # fmt: skip
    with pytest.raises(ValueError, match="no host"):
        allowed_hosts("https://shop.example.com")


def test_s3_a_redirect_is_not_followed(tmp_path: Path, clock: Clock) -> None:
    with receiver(lambda: "turn") as shop:
        hall = ordered(tmp_path, clock, shop.url, sending(shop.port))
        hall.outbox.send_due()
        assert len(shop.requests) == 1
        assert states(hall)["商城"][2] == "对方要求转到别处（307），平台不跟随"
        hall.close()


def test_s3_proxies_of_the_environment_are_not_used(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with receiver() as shop:
        hall = ordered(tmp_path, clock, shop.url, sending(shop.port))
        hall.outbox.send_due()
        assert len(shop.taken) == 1
        hall.close()


def test_s3_what_is_too_long_and_a_secret_that_is_missing(clock: Clock) -> None:
    sends = Sending(hosts=allowed_hosts("127.0.0.1:9"))
    sender = WebhookSender(sends, lambda _: {"url": "http://127.0.0.1:9/", "auth": "shop"}, clock)
    assert isinstance(sender(a_message(clock, body="x" * (256 * 1024 + 1))), Never)
    missing = sender(a_message(clock))
    assert isinstance(missing, Again)
    assert "shop" in missing.why["en"]
    assert "BANSHI_SECRETS" in missing.why["en"]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    key, made = folder / "key.pem", folder / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=shop.example.com",
               "-addext", "subjectAltName=DNS:shop.example.com", "-keyout", str(key), "-out", str(made)]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    return key, made


@pytest.fixture
def tls(certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server that shows a certificate for shop.example.com; what trusts it is this test alone."""
    key, made = certificate

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200 if self.headers["Host"].startswith("shop.example.com") else 421)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    trusting = ssl.create_default_context(cafile=str(made))
    original = webhook.httpx.AsyncClient
    monkeypatch.setattr(webhook.httpx, "AsyncClient", lambda **more: original(verify=trusting, **more))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


def test_s3_the_certificate_is_held_to_the_name_although_the_address_is_called(clock: Clock, tls: int) -> None:
    hosts = f"shop.example.com:{tls}@127.0.0.0/8, other.example.com:{tls}@127.0.0.0/8"
    good, _ = sent(clock, f"https://shop.example.com:{tls}/orders", hosts, ["127.0.0.1"])
    assert good == Sent()
    other, _ = sent(clock, f"https://other.example.com:{tls}/orders", hosts, ["127.0.0.1"])
    assert isinstance(other, Again)
    assert "certificate" in other.why["en"].casefold()


# Corrections, mail


def test_s2_a_corrected_address_heals_what_waits(tmp_path: Path, clock: Clock) -> None:
    with receiver() as shop:
        hall = ordered(tmp_path, clock, "http://127.0.0.1:9/orders", sending(shop.port))
        hall.outbox.send_due()
        assert states(hall)["商城"][0] == "waiting"
        hall.workshop.publish(person(hall, OWNER), "buying.xlsx", workbook_from_text(service(shop.url)))
        clock.go(hours=1)
        hall.outbox.send_due()
        assert states(hall)["商城"][0] == "sent"
        assert len(shop.taken) == 1
        hall.close()


def test_s2_a_hall_that_is_told_to_send_nothing_sends_nothing(tmp_path: Path, clock: Clock) -> None:
    with receiver() as shop:
        hall = ordered(tmp_path, clock, shop.url, Sending(active=False, hosts=allowed_hosts(f"127.0.0.1:{shop.port}")))
        assert hall.outbox.send_due() == 0
        assert shop.requests == []
        hall.close()


def test_s4_every_try_of_a_mail_is_the_same_mail(tmp_path: Path, clock: Clock) -> None:
    with mail_server() as box:
        box.answers = ["451 greylisted", "250 OK"]
        hall = open_hall(tmp_path, clock, sending=sending(mail=box.port))
        case_id = send(hall)
        hall.outbox.send_due()
        assert box.mails == []
        assert outside(hall) == [("mail", HEAD, "waiting")]
        clock.go(hours=1)
        hall.outbox.send_due()
        [mail] = box.mails
        assert box.recipients == ["wang@gdut.example.edu.cn"]
        assert mail["Subject"] == "试剂采购 · SJ20260001"
        assert str(mail["From"]) == "办事大厅 <hall@gdut.example.edu.cn>"
        [stored] = hall.outbox.messages(person(hall, ADMIN), "sent").items
        assert mail["Message-ID"] == f"<{stored.key}@gdut.example.edu.cn>"
        text = mail.get_content()
        assert "陈晓雨的采购待您审批，共 238.80 元。" in text
        assert f"https://hall.gdut.example.edu.cn/cases/{case_id}" in text
        hall.close()


@pytest.mark.parametrize(
    ("answer", "reason"), [("550 no such user", "邮件服务器拒收（550）"), ("552 mailbox full", "邮件服务器拒收（552）")]
)
def test_s4_a_mailbox_that_refuses_is_not_asked_again(tmp_path: Path, clock: Clock, answer: str, reason: str) -> None:
    with mail_server() as box:
        box.answers = [answer]
        hall = open_hall(tmp_path, clock, sending=sending(mail=box.port))
        send(hall)
        hall.outbox.send_due()
        [row] = hall.outbox.messages(person(hall, ADMIN), "failed").items
        assert (row.to, row.why) == ("王建国", reason)
        hall.close()


def test_s4_without_a_server_or_an_address_it_says_so(tmp_path: Path, clock: Clock) -> None:
    hall = open_hall(tmp_path, clock, sending=sending())
    send(hall)
    hall.outbox.send_due()
    [row] = hall.outbox.messages(person(hall, ADMIN), "waiting").items
    assert row.why == "没有设置邮件服务器（设置 BANSHI_MAIL）"
    hall.close()


def test_s4_a_title_cannot_add_headers(tmp_path: Path, clock: Clock) -> None:
    from banshi.platform.notices.mail import MailSender

    with mail_server() as box:
        sender = MailSender(sending(mail=box.port), lambda _: "a@b.example", clock)
        title = "采购\r\nBcc: all@evil.example\r\n\r\n<script>"
        content = {"title": {"zh": title, "en": title}, "text": {"zh": "甲\r\n.\r\nRCPT TO:<x@evil.example>", "en": ""}}
        message = a_message(clock, **content)
        assert sender(message) == Sent()
        [mail] = box.mails
    assert mail["Bcc"] is None
    assert box.recipients == ["a@b.example"]
    assert mail["Subject"] == "采购 Bcc: all@evil.example <script>"
    assert "RCPT TO:<x@evil.example>" in mail.get_content()


@pytest.mark.parametrize(
    "address", ["", "无", "a@b.example\r\nBcc: x@evil.example", "a@b.example, c@d.example", "a b@c.example"]
)
def test_s4_an_address_that_is_none_is_said_to_be_missing(clock: Clock, address: str) -> None:
    from banshi.platform.notices.mail import MailSender

    with mail_server() as box:
        result = MailSender(sending(mail=box.port), lambda _: address, clock)(a_message(clock))
        assert isinstance(result, Never)
        assert box.recipients == []


def test_s5_all_of_it_is_sent_again_by_one_press(tmp_path: Path, clock: Clock) -> None:
    behave = ["400"]
    with receiver(lambda: behave[0]) as shop:
        hall = open_hall(tmp_path, clock, shop=shop.url, sending=sending(shop.port))
        for count in range(3):
            decide(hall, HEAD, send(hall, f"c{count}"))
        while hall.outbox.send_due():
            pass
        assert hall.outbox.health(person(hall, OWNER))[1].failed == 3
        behave[0] = "ok"
        assert hall.outbox.send_all_again(person(hall, OWNER)) == 3
        while hall.outbox.send_due():
            pass
        assert [one.failed for one in hall.outbox.health(person(hall, ADMIN))] == [0, 0]
        assert len(shop.taken) == 3
        with pytest.raises(NotAllowed):
            hall.outbox.send_all_again(person(hall, FINANCE))
        hall.close()
