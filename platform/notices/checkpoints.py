"""The checkpoint of the day as mails: to a mailbox that whoever runs the server cannot change afterwards."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from banshi.rules.values import CAMPUS_ZONE, dumps
from banshi.storage.contract import MAIL, StoredMessage

MOST_BYTES = 1024 * 1024
"""Bytes of a file that is sent along: 32,768 hashes of a day."""
_TITLE = {"zh": "日志检查点", "en": "Checkpoint of the log"}


def checkpoint_mails(folder: Path, addresses: Sequence[str], now: datetime) -> list[StoredMessage]:
    """What is mailed of the last checkpoint of today in a folder, to each address once a day; nothing without one.

    Raises OSError where the folder cannot be read.
    """
    today = f"{now.astimezone(CAMPUS_ZONE):%Y%m%d}"
    made = sorted(folder.glob(f"checkpoint-*-{today}-*.json"))
    if not made:
        return []
    content = _content(made[-1], today)
    return [
        StoredMessage(
            key=sha256(dumps(["checkpoint", today, address]).encode()).hexdigest()[:32],
            case_id="",
            service_id="",
            channel=MAIL,
            target=address,
            content={**content, "address": address},
            made_at=now,
            free_at=now,
        )
        for address in addresses
    ]


def _content(checkpoint: Path, today: str) -> dict[str, Any]:
    hashes = checkpoint.with_suffix(".hashes")
    whole = hashes.is_file() and hashes.stat().st_size <= MOST_BYTES
    entries = int(checkpoint.name.split("-")[1])
    zh = f"办事大厅日志 {today} 的检查点，共 {entries} 条，见附件。请原样保存，不要只存在服务器上；核对方法见 auditing.md。"
    en = (
        f"The checkpoint of the log of {today}, over {entries} entries, is attached. Keep it as it is, away from the server; "
        "auditing.md says how the log is checked by it."
    )
    if not whole:
        zh += f"\n散列值文件太大，没有附上，请到检查点文件夹取：{hashes.name}"
        en += f"\nThe file of hashes is too large for a mail; fetch it from the folder of checkpoints: {hashes.name}"
    return {
        "on": "checkpoint",
        "number": "",
        "title": {language: f"{title} {today}" for language, title in _TITLE.items()},
        "text": {"zh": zh, "en": en},
        "files": [
            {"name": file.name, "type": kind, "data": b64encode(file.read_bytes()).decode()}
            for file, kind in ((checkpoint, "json"), *([(hashes, "octet-stream")] if whole else []))
        ],
    }
