"""Which store is at an address: a path (SQLite), `sqlite:///…`, `postgresql://…` or `tinydb:///…`."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from banshi.storage.contract import StorageError, Store
from banshi.storage.sql import SqlStore
from banshi.storage.tiny import TinyStore
from banshi.storage.tiny_file import is_locked
from banshi.storage.transactions import is_open, others_connected


class BadAddress(StorageError):
    """It is no address of a store."""

    def __init__(self) -> None:
        super().__init__("This is no address of a database.")


def open_at(address: str) -> Store:
    """The store at an address, made where there is none. Raises BadAddress, and what opening it raises."""
    if "://" not in address:
        return SqlStore(Path(address))
    url = _url(address)
    if url.get_backend_name() == "tinydb":
        return TinyStore(Path(unquote(url.database or "")))
    return SqlStore(_server(address))


def without_password(address: str) -> str:
    """An address as it may be shown. Raises BadAddress."""
    return _url(address).render_as_string(hide_password=True) if "://" in address else address


def file_of(address: str) -> Path | None:
    """The file of a store that is one. Raises BadAddress."""
    if "://" not in address:
        return Path(address)
    url = _url(address)
    return None if url.get_backend_name() == "postgresql" else Path(unquote(url.database or ""))


def in_use(address: str) -> bool:
    """Whether another process has the store open, as far as that can be told; a store that is not there is not.

    Raises BadAddress, StorageUnavailable.
    """
    file = file_of(address)
    if file is None:
        return others_connected(_server(address))
    if not file.is_file():
        return False
    return is_locked(file) if address.startswith("tinydb") else is_open(file)


def _server(address: str) -> URL:
    url = _url(address)
    return url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url


def _url(address: str) -> URL:
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise BadAddress from error
    server = url.get_backend_name() == "postgresql"
    if not server and (url.get_backend_name() not in ("sqlite", "tinydb") or not url.database):
        raise BadAddress
    return url
