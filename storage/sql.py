"""A store in a SQL database: SQLite in a file by default. Opening it brings the tables up to date."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import URL, Connection, func, select

from banshi.storage.bare import HEALTH
from banshi.storage.contract import StorageError, StorageUnavailable
from banshi.storage.schema import cases, events, sources
from banshi.storage.sql_accounts import SqlAccounts
from banshi.storage.sql_cases import SqlCases
from banshi.storage.sql_chain import SqlChain
from banshi.storage.sql_copying import SqlCopying
from banshi.storage.sql_figures import SqlFigures
from banshi.storage.sql_issued import SqlIssued
from banshi.storage.sql_jobs import SqlJobs
from banshi.storage.sql_log import SqlDrafts, SqlLog
from banshi.storage.sql_outbox import SqlOutbox
from banshi.storage.sql_papers import SqlPapers
from banshi.storage.sql_passages import SqlPassages
from banshi.storage.sql_passes import SqlPasses
from banshi.storage.sql_plans import SqlPlans
from banshi.storage.sql_privacy import SqlPrivacy
from banshi.storage.sql_registers import SqlRegisters
from banshi.storage.sql_rows import put
from banshi.storage.sql_stand_ins import SqlStandIns
from banshi.storage.sql_timers import SqlTimers
from banshi.storage.sql_versions import SqlSessions, SqlVersions
from banshi.storage.transactions import Database

_MIGRATIONS = Path(__file__).with_name("migrations")


class SqlStore(
    SqlCases,
    SqlPrivacy,
    SqlFigures,
    SqlTimers,
    SqlOutbox,
    SqlAccounts,
    SqlPapers,
    SqlRegisters,
    SqlPasses,
    SqlPassages,
    SqlLog,
    SqlChain,
    SqlDrafts,
    SqlIssued,
    SqlVersions,
    SqlPlans,
    SqlSessions,
    SqlStandIns,
    SqlJobs,
    SqlCopying,
):
    """The store of `contract.Store` in a SQL database, given by the path of a SQLite file or by a URL."""

    def __init__(self, where: str | Path | URL) -> None:
        """Open the database, creating and migrating its tables.

        Raises:
            StorageUnavailable: it cannot be opened, is damaged, or was written by a newer version of the platform.
            StorageFull, StorageBusy: the tables could not be brought up to date; nothing was changed.
        """
        super().__init__(Database(where))
        try:
            with self._database.alone():
                self._database.run_transaction(lambda connection: migrate(connection, self._database.name))
        except BaseException:
            self._database.close()
            raise

    def health(self) -> dict[str, Any]:
        """`ok` and facts about the store, read and written to once; never raises."""
        facts: dict[str, Any] = {"ok": False, "store": self._database.url.get_backend_name()}
        try:
            beat = {"path": HEALTH, "sha256": ""}
            self._database.run_transaction(lambda connection: put(connection, sources, beat))
            with self._database.reading() as connection:
                facts["schema"] = MigrationContext.configure(connection).get_current_revision()
                facts["cases"] = connection.scalar(select(func.count()).select_from(cases))
                facts["events"] = connection.scalar(select(func.count()).select_from(events))
            facts["bytes"] = self._database.size()
            facts["ok"] = True
        except StorageError as error:
            facts["error"] = str(error)
        return facts

    def close(self) -> None:
        """Let go of every connection."""
        self._database.close()


@cache
def newest() -> str:
    """The revision that this release brings tables to."""
    return ScriptDirectory(str(_MIGRATIONS)).get_current_head() or ""


@cache
def revisions() -> frozenset[str]:
    """Every revision that this release knows."""
    return frozenset(script.revision for script in ScriptDirectory(str(_MIGRATIONS)).walk_revisions())


def migrate(connection: Connection, name: str, to: str = "head") -> None:
    """Bring the tables to a revision inside the transaction of `connection`: all steps or none."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    if MigrationContext.configure(connection).get_current_revision() == newest():
        return
    try:
        command.upgrade(config, to)
    except CommandError as error:
        raise StorageUnavailable(name, f"it was written by a newer version ({error})") from error
