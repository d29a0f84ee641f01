"""Low balances: whoever an account belongs to is told once that it is below its mark, until it is topped up again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from hashlib import sha256

from banshi.platform.service.accounts import Account, written
from banshi.platform.service.model import Service
from banshi.platform.service.notices import ACCOUNT_NAMES, Notice, On, Template
from banshi.rules.expressions import Environment, evaluate
from banshi.rules.expressions.convert import to_text
from banshi.rules.values import ErrorValue, Value, dumps
from banshi.storage.accounts import AVAILABLE, StoredBalance, TransactionFilter
from banshi.storage.contract import INBOX, UNREAD, WAITING, Store, StoredMessage

_PORTION = 1000


def low_messages(
    store: Store, service: Service, account: Account, members: Mapping[str, Sequence[str]], now: datetime
) -> Iterator[StoredMessage]:
    """What people are to be told of one account; the same key until the holder is topped up again.

    `members` are the ids of the people whose a holder's account is.
    """
    notices = [notice for notice in service.notices if notice.on is On.LOW]
    if account.low is None or not notices:
        return
    key, page = account.key(service.settings.id), 0
    while True:
        page += 1
        rows, total = store.balances(key, page=page, size=_PORTION)
        for row in rows:
            available = Decimal(written(row.available, account.unit))
            if available < account.low:
                yield from _told(store, service, account, notices, row, members.get(row.holder, ()), now)
        if page * _PORTION >= total:
            return


def _told(
    store: Store,
    service: Service,
    account: Account,
    notices: list[Notice],
    row: StoredBalance,
    people: Sequence[str],
    now: datetime,
) -> Iterator[StoredMessage]:
    last = _last_raise(store, row)
    values: dict[str, Value] = {}
    for name, value in (
        ("balance", Decimal(written(row.available, account.unit))),
        ("holder", row.holder),
        ("unit", account.unit),
    ):
        values |= dict.fromkeys(ACCOUNT_NAMES[name], value)
    environment = Environment(values, service.datasets, now=now)
    for notice in notices:
        if notice.when is not None and evaluate(notice.when, environment) is not True:
            continue
        texts = {language: _text(notice, language, environment) for language in ("zh", "en")}
        for way in notice.ways:
            for person in people if not way.connection else ():
                told = dumps([row.account, row.holder, last, notice.name, way.channel, person])
                yield StoredMessage(
                    key=sha256(told.encode()).hexdigest()[:32],
                    case_id="",
                    service_id=service.settings.id,
                    channel=way.channel,
                    target=person,
                    content={
                        "on": str(On.LOW),
                        "number": "",
                        "title": {language: account.title(language) for language in ("zh", "en")},
                        "text": texts,
                        "once": True,
                    },
                    made_at=now,
                    free_at=now,
                    state=UNREAD if way.channel == INBOX else WAITING,
                )


def _last_raise(store: Store, row: StoredBalance) -> str:
    """The movement that last gave the holder something; blank where nothing did."""
    page, which = 0, TransactionFilter(account=row.account, holder=row.holder)
    while True:
        page += 1
        moves, total = store.transactions(which, page=page, size=100)
        for move in moves:
            gained = sum(line.amount for line in move.postings if (line.holder, line.part) == (row.holder, AVAILABLE))
            if gained > 0:
                return move.id
        if page * 100 >= total:
            return ""


def _text(notice: Notice, language: str, environment: Environment) -> str:
    if language not in notice.texts:
        language = next(iter(notice.texts), language)
    template: Template = notice.texts.get(language, Template(()))
    said: list[str] = []
    for piece in template.pieces:
        value = piece if isinstance(piece, str) else evaluate(piece, environment)
        said.append("" if value is None or isinstance(value, ErrorValue | tuple) else to_text(value))
    return "".join(said)
