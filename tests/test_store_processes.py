"""What every engine must do where processes die, meet, or find something else: one engine a parameter.

The numbers are those of the store contract.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import msgspec
import pytest
from engines import ENCODER, ENGINES
from store_records import bm25, ids, record

from hierarchy.errors import MismatchError, StoreError
from hierarchy.filters import IsNull, Not
from hierarchy.nodes import Level
from hierarchy.sqlite import SqliteStore

# 15, 19

WRITER = """
import sys
sys.path[:0] = {paths!r}
import numpy as np
from engines import ENGINES
from store_records import record
from pathlib import Path
store = ENGINES[{engine!r}](Path({folder!r}))
for batch in range(10_000):
    names = [f"b{{batch}}-{{i}}" for i in range(20)]
    store.upsert([record(name, "bittern " + name, paper=f"batch-{{batch}}") for name in names])
    print(batch, flush=True)
"""


def test_a_kill_loses_nothing_acknowledged_and_leaves_no_half_batch(engine: str, tmp_path: Path) -> None:
    root = Path(__file__).resolve().parent.parent
    code = textwrap.dedent(WRITER).format(paths=[str(root), str(root / "tests")], engine=engine, folder=str(tmp_path))
    for delay in (0.05, 0.2, 0.4):
        writer = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        acknowledged = [int(writer.stdout.readline())]
        time.sleep(delay)
        writer.send_signal(signal.SIGKILL)
        acknowledged += [int(line) for line in writer.stdout.read().split("\n")[:-1]]
        writer.wait()
        writer.stdout.close()
        store = ENGINES[engine](tmp_path)
        counts = store.count_by("paper")
        assert set(counts.values()) == {20}
        assert {f"batch-{i}" for i in acknowledged} <= set(counts)
        assert len(counts) <= max(acknowledged) + 2
        last = f"b{max(acknowledged)}-7"
        assert last in ids(store.bm25(last.replace("-", " "), Level.PASSAGE, 50))
        assert len(store.vectors(list(store.get([last])))) == 1
        store.delete(Not(IsNull("paper")))
        store.close()


def test_another_version_and_another_encoder_are_refused_with_a_way_out(tmp_path: Path) -> None:
    path = tmp_path / "p.db"
    SqliteStore(path, "p", ENCODER).close()
    with pytest.raises(MismatchError, match="new project") as other:
        SqliteStore(path, "p", msgspec.structs.replace(ENCODER, model="another"))
    assert other.value.code == "other_encoder"
    import apsw

    raw = apsw.Connection(str(path))
    raw.execute("UPDATE meta SET value = '99' WHERE key = 'schema'")
    raw.close()
    with pytest.raises(MismatchError, match="Update Strata") as newer:
        SqliteStore(path, "p", ENCODER)
    assert newer.value.code == "newer_schema"


# 16


def _write_many(folder: Path, engine: str, who: int) -> None:
    store = ENGINES[engine](folder)
    for batch in range(15):
        records = [record(f"w{who}-{batch}-{i}", "bittern", paper=f"paper-{who}-{batch}") for i in range(20)]
        store.replace_branch(f"paper-{who}-{batch}", records)
    store.close()


def test_readers_and_writers_of_several_processes_see_whole_branches(engine: str, tmp_path: Path) -> None:
    store = ENGINES[engine](tmp_path)
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write_many, args=(tmp_path, engine, who)) for who in range(2)]
    for writer in writers:
        writer.start()
    looks = 0
    while any(w.is_alive() for w in writers):
        assert set(store.count_by("paper").values()) <= {20}
        bm25(store, "bittern")
        looks += 1
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    assert looks > 1
    assert store.stats().nodes == 2 * 15 * 20
    store.close()


def test_a_full_disk_loses_nothing_that_was_stored(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "p.db", "p", ENCODER)
    store.upsert([record("a", "bittern")])
    pages = next(iter(store._connection.execute("PRAGMA page_count")))[0]
    store._connection.execute(f"PRAGMA max_page_count = {int(str(pages)) + 2}")
    with pytest.raises(StoreError, match="full") as full:
        store.upsert([record(f"b{i}", "words " * 500) for i in range(200)])
    assert full.value.code == "disk_full"
    assert ids(store.scan()) == ["a"]
    store._connection.execute("PRAGMA max_page_count = 1000000")
    store.upsert([record("b")])
    assert ids(store.scan()) == ["a", "b"]
    store.close()


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "p.db"
    path.write_bytes(os.urandom(8192))
    with pytest.raises(StoreError) as damaged:
        SqliteStore(path, "p", ENCODER)
    assert damaged.value.code == "damaged_store"
    assert "PDFs are untouched" in str(damaged.value)
