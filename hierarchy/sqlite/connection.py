"""Opens SQLite files the way Strata wants them, and turns SQLite's errors into sentences.

Shared by the node store and the journal; it must not know any table.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from hierarchy.errors import StoreError

BUSY_MS = 30_000  # two processes that write at once wait for each other

Sql = str | int | float | bytes | None


def connect(path: Path, *, create: bool) -> apsw.Connection:
    """Opens a database in WAL mode with full synchronisation, so that what is acknowledged survives a power cut.

    Raises:
        StoreError: where the file or its folder cannot be written, or is no database.
    """
    with sentences(path):
        if create:
            path.parent.mkdir(parents=True, exist_ok=True)
        flags = apsw.SQLITE_OPEN_READWRITE | (apsw.SQLITE_OPEN_CREATE if create else 0)
        connection = apsw.Connection(str(path), flags=flags)
        connection.set_busy_timeout(BUSY_MS)
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "secure_delete=ON",
            "mmap_size=1073741824",
            "cache_size=-65536",
        ):
            connection.execute(f"PRAGMA {pragma}").fetchall()
        return connection


@contextmanager
def sentences(path: Path) -> Iterator[None]:
    """Turns the errors of SQLite and of the file system into StoreErrors that say what to do."""
    try:
        yield
    except apsw.FullError as error:
        raise StoreError(
            f"The disk that holds {path} is full.",
            "Nothing that was acknowledged is lost: free some space and run the same command again.",
            "disk_full",
        ) from error
    except (apsw.ReadOnlyError, apsw.CantOpenError, apsw.PermissionsError, apsw.AuthError) as error:
        raise StoreError(f"{path} cannot be opened for writing ({error}).", _WRITABLE, "read_only") from error
    except apsw.BusyError as error:
        raise StoreError(
            f"Another process has been writing to {path} for over {BUSY_MS // 1000} seconds.",
            "Wait for it to end, then try again.",
            "busy",
        ) from error
    except (apsw.NotADBError, apsw.CorruptError) as error:
        raise StoreError(
            f"{path} is damaged or is not a Strata file ({error}).",
            "Move it away and ingest the papers again; the PDFs are untouched.",
            "damaged_store",
        ) from error
    except apsw.IOError as error:
        raise StoreError(
            f"{path} could not be read or written ({error}).",
            "Check the disk, then run the same command again.",
            "disk",
        ) from error
    except OSError as error:
        raise StoreError(f"{path} cannot be written ({error.strerror or error}).", _WRITABLE, "read_only") from error


_WRITABLE = "Set STRATA_HOME to a folder that you may write to, or mend its permissions."


@contextmanager
def transaction(connection: apsw.Connection) -> Iterator[None]:
    """All or nothing; takes the write lock at once, so that what was read inside stays true until the end."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
