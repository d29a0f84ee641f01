"""Opening the hall: the store, the engine and the definitions put together, and the watch that reloads them."""

from __future__ import annotations

import asyncio
import logging
from decimal import Decimal
from pathlib import Path

from watchfiles import awatch

from banshi.platform.accounts.bank import FROM_TWO
from banshi.platform.accounts.sandbox import Sandbox
from banshi.platform.hall import Hall
from banshi.platform.notices.sending import Sending
from banshi.platform.stores import store_of_folder
from banshi.rules.policies import DurableEngine
from banshi.storage.attachments import AttachmentFolder

LOG = logging.getLogger("banshi")


def open_hall(
    *,
    data: Path,
    definitions: Path,
    database: str = "",
    sending: Sending | None = None,
    pay_secret: str = "",
    reversed_by_two: Decimal = FROM_TWO,
) -> Hall:
    """The hall on a data folder (made when it is not there) and a folder of workbooks; nothing is published yet.

    `database` is the address of the store where it is not the SQLite file in the data folder,
    `sending` what is said of messages to the outside; without it none leave. Payments are the sandbox's,
    which signs with `pay_secret` or a key of its own. Raises StoreNotOpened.
    """
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Hall(
        store=store_of_folder(data, database),
        attachments=AttachmentFolder(data / "attachments"),
        definitions=definitions,
        engine=DurableEngine(),
        log_key=data / "log-key.pem",
        sending=sending,
        gateway=Sandbox(data / "sandbox-payments.db", pay_secret),
        reversed_by_two=reversed_by_two,
    )


async def watch(hall: Hall) -> None:
    """Publish what is saved into `definitions/`, until cancelled.

    The waits are short, so that a saved workbook is live within two seconds: the library gathers changes for `debounce`
    milliseconds at most, here as long as a program takes to write a file. Nothing that goes wrong with one change ends
    the watch.
    """
    async for _ in awatch(hall.definitions, debounce=100, step=25, recursive=True):
        try:
            await asyncio.to_thread(hall.scan)
        except Exception:
            LOG.exception("A change in the definitions could not be read.")
