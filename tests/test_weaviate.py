"""What only the server engine can show: tenants, keys, kills of the server, and large texts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from conftest import ROOT, Run, clean_environment
from engines import ENCODER, open_weaviate
from hostile_pdfs import small_paper, write
from store_records import ids, record, vector

from hierarchy.errors import ConflictError, MismatchError, StoreError, UsageError
from hierarchy.filters import Eq
from hierarchy.nodes import Level
from hierarchy.weaviate import Address, Registry, Server, WeaviateStore, server
from hierarchy.weaviate.claim import Claims
from hierarchy.weaviate.registry import CLAIM, PROJECT, Entry, project_key
from strata.local_weaviate import LocalWeaviate, free_ports


@pytest.fixture
def store(weaviate: LocalWeaviate, tmp_path: Path) -> WeaviateStore:
    opened = open_weaviate(tmp_path)
    assert isinstance(opened, WeaviateStore)
    return opened


def address(weaviate: LocalWeaviate, **changes: object) -> Address:
    return msgspec.structs.replace(Address(weaviate.url, weaviate.grpc_port, weaviate.key), **changes)


# Isolation


def test_a_removed_projects_words_are_in_no_file_of_the_server(
    weaviate: LocalWeaviate, store: WeaviateStore, tmp_path: Path
) -> None:
    canary = "quagmirevulpine"
    store.upsert([record("a", f"the {canary} booms", title=canary)])
    open_weaviate(tmp_path, "other").upsert([record("b", "plain words", project="other")])
    assert files_with(weaviate.folder / "data", canary)
    assert store.drop() == 1
    end = time.monotonic() + 30
    while files_with(weaviate.folder / "data", canary) and time.monotonic() < end:
        time.sleep(0.2)
    assert files_with(weaviate.folder / "data", canary) == []
    assert open_weaviate(tmp_path, "other").stats().nodes == 1


def files_with(folder: Path, word: str) -> list[Path]:
    found = []
    for path in (p for p in folder.rglob("*") if p.is_file()):
        try:
            if word.encode() in path.read_bytes():
                found.append(path)
        except FileNotFoundError:
            continue
    return found


def test_two_projects_never_see_each_other(store: WeaviateStore, tmp_path: Path) -> None:
    other = open_weaviate(tmp_path, "other")
    shared = vector(4)
    store.upsert([record("a", "bittern", vector=shared)])
    other.upsert([record("a", "bittern and reeds", project="other", vector=shared)])
    assert store.get(["a"])["a"].text == "bittern"
    assert len(other.bm25("bittern", Level.PASSAGE, 10)) == len(other.dense(shared, Level.PASSAGE, 10)) == 1
    assert other.delete(Eq("id", "a")) == 1
    assert store.stats().nodes == 1


def test_names_of_projects_differ_in_more_than_case(store: WeaviateStore, tmp_path: Path) -> None:
    store.upsert([record("a")])
    again = open_weaviate(tmp_path, "P")
    assert again.project == "p"
    assert again.stats().nodes == 1


# Refusals


@pytest.mark.parametrize("key", ["wrong", None])
def test_a_wrong_key_is_told_and_never_shown(weaviate: LocalWeaviate, key: str | None) -> None:
    with pytest.raises(StoreError) as refused:
        Registry(Server(address(weaviate, key=key))).names()
    assert refused.value.code == "unauthorized"
    assert "STRATA_WEAVIATE_API_KEY" in refused.value.hint
    assert weaviate.key not in repr(address(weaviate)) + str(refused.value)


def test_no_server_and_no_grpc_are_told(weaviate: LocalWeaviate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "PATIENCE_S", 0.1)
    nowhere, deaf = free_ports(2)
    with pytest.raises(StoreError, match="No Weaviate answers") as none:
        Server(Address(f"http://127.0.0.1:{nowhere}"))
    assert none.value.code == "no_server"
    Registry(Server(address(weaviate))).prepare()
    with pytest.raises(StoreError, match=f"gRPC on port {deaf}"):
        Registry(Server(address(weaviate, grpc_port=deaf))).entry("p")
    with pytest.raises(UsageError, match="no address"):
        Server(Address("weaviate.example"))


def test_an_old_server_is_refused(weaviate: LocalWeaviate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "LEAST_VERSION", (99, 0))
    with pytest.raises(MismatchError, match="Update the server") as old:
        Server(address(weaviate))
    assert old.value.code == "old_server"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("store is read-only due to: disk usage too high", "read_only"),
        ("write commit log: no space left on device", "disk_full"),
        ("context deadline exceeded", "slow_server"),
        ("something else", "server"),
    ],
)
def test_what_a_server_says_becomes_a_sentence(said: str, code: str) -> None:
    from weaviate.exceptions import WeaviateQueryError

    error = server.sentence(Address("http://h:1"), WeaviateQueryError(said, "GRPC search"))
    assert error.code == code
    assert error.hint


def test_another_version_and_another_encoder_are_refused(store: WeaviateStore, tmp_path: Path) -> None:
    with pytest.raises(MismatchError, match="new project") as other:
        open_weaviate(tmp_path, "p", msgspec.structs.replace(ENCODER, model="another"))
    assert other.value.code == "other_encoder"
    newer_entry = msgspec.json.encode(Entry("new", ENCODER, "x", schema=99)).decode()
    assert store._registry.add_object(project_key("new"), PROJECT, "new", newer_entry)
    with pytest.raises(MismatchError, match="Update Strata") as newer:
        open_weaviate(tmp_path, "new")
    assert newer.value.code == "newer_schema"
    assert store._registry.names() == ["new", "p"]


# What the server does, which the engine relies on


def test_a_delete_by_filter_stops_at_ten_thousand_and_says_so(store: WeaviateStore) -> None:
    store.upsert([record(f"n{i}", "words") for i in range(10_050)])
    from weaviate.classes.query import Filter as Where

    done = store.tenant.collection.data.delete_many(Where.by_property("paper").equal("paper-1"))
    assert (done.matches, done.successful) == (10_050, 10_000)


def test_a_batch_names_what_it_refused_in_its_reply_alone(store: WeaviateStore) -> None:
    from hierarchy.weaviate.objects import object_of

    good, bad = record("good"), record("bad", vector=np.ones(3, np.float32))
    store.upsert([record("first")])
    done = store.tenant.collection.data.insert_many([object_of(good, 1, "x"), object_of(bad, 1, "x")])
    assert list(done.errors) == [1]


def test_a_node_of_a_megabyte_is_kept_whole_and_found(store: WeaviateStore) -> None:
    text = "bittern " + "reeds and water " * 65_000
    assert len(text) > 1_000_000
    store.upsert([record("large", text)])
    assert store.get(["large"])["large"].text == text
    assert ids(store.bm25("bittern", Level.PASSAGE, 5)) == ["large"]


# Half writes


def test_what_a_killed_writer_left_is_seen_by_nobody_and_swept_by_the_next(
    store: WeaviateStore, tmp_path: Path
) -> None:
    store.replace_branch("paper-1", [record("a", "old words"), record("b", "old words")])
    store.tenant.insert(
        [record("a", "bittern"), record("c", "bittern")], store._entry.epoch + 1, store._claims.beat
    )  # and killed here
    other = open_weaviate(tmp_path)
    assert other.bm25("bittern", Level.PASSAGE, 5) == []
    assert ids(other.scan()) == ["a", "b"]
    assert other.count_by("level") == {"passage": 2}
    other.upsert([record("d")])
    assert ids(other.scan()) == ["a", "b", "d"]
    assert store.tenant.collection.aggregate.over_all(total_count=True).total_count == 3


def test_what_a_write_replaced_is_seen_by_nobody_before_it_is_swept(store: WeaviateStore, tmp_path: Path) -> None:
    store.upsert([record("a", "old words"), record("b", "other words")])
    epoch = store._entry.epoch + 1
    store.tenant.insert([record("a", "bittern")], epoch, store._claims.beat)
    store._put(epoch=epoch, outdated=Eq("id", "a"))  # and killed here
    other = open_weaviate(tmp_path)
    assert other.get(["a"])["a"].text == "bittern"
    assert ids(other.bm25("old words", Level.PASSAGE, 5)) == ["b"]
    assert other.stats().nodes == 2
    other.upsert([record("d")])
    assert other._now().outdated is None  # type: ignore[attr-defined]
    assert other.stats().nodes == 3


def test_a_branch_that_another_process_changed_is_not_replaced(store: WeaviateStore, tmp_path: Path) -> None:
    paper = record("paper-1", level=Level.PAPER)
    store.replace_branch("paper-1", [paper], None)
    with pytest.raises(ConflictError):
        open_weaviate(tmp_path).replace_branch("paper-1", [paper, record("x")], None)
    newer = msgspec.structs.replace(paper.node, digest="newer")
    store.replace_branch("paper-1", [msgspec.structs.replace(paper, node=newer)], paper.node)
    with pytest.raises(ConflictError):
        store.replace_branch("paper-1", [paper], paper.node)
    assert store.get(["paper-1"])["paper-1"].digest == "newer"


# Writers of several homes


def test_writers_of_two_homes_wait_for_each_other(store: WeaviateStore, tmp_path: Path) -> None:
    registry = store._registry
    homes = [Claims(registry, "p", tmp_path / name) for name in ("one", "two", "three")]
    inside: list[int] = []
    most: list[int] = []

    def work(claims: Claims) -> None:
        for _ in range(5):
            with claims.held():
                inside.append(1)
                most.append(len(inside))
                time.sleep(0.01)
                inside.pop()

    threads = [threading.Thread(target=work, args=(claims,)) for claims in homes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 15
    assert max(most) == 1


def test_a_dead_homes_claim_is_taken_away_after_a_while(
    store: WeaviateStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hierarchy.weaviate.claim.LEASE_S", 0.5)
    dead, living = (Claims(store._registry, "p", tmp_path / name) for name in ("dead", "living"))
    dead._draw()
    start = time.monotonic()
    with living.held():
        assert time.monotonic() - start > 0.5
    dead._beaten = 0.0
    with pytest.raises(StoreError, match="took over"):
        dead.beat()


def test_a_writer_whose_claim_was_taken_away_changes_nothing(store: WeaviateStore, tmp_path: Path) -> None:
    store.upsert([record("a")])
    stolen = store._registry

    def steal(records: Any, epoch: int, beat: Any) -> None:
        (key,) = stolen.objects(CLAIM, "p")
        stolen.drop_object(key)  # as after a sleep that was longer than the lease
        open_weaviate(tmp_path / "other").upsert([record("theirs")])

    store.tenant.insert = steal  # type: ignore[method-assign]
    with pytest.raises(StoreError) as lost:
        store.upsert([record("mine")])
    assert lost.value.code == "lost_claim"
    del store.tenant.insert
    assert ids(open_weaviate(tmp_path).scan()) == ["a", "theirs"]
    store.upsert([record("mine")])
    assert ids(store.scan()) == ["a", "mine", "theirs"]


def test_a_write_that_was_broken_off_is_swept_before_the_next_of_the_same_process(store: WeaviateStore) -> None:
    branch = [record("paper-1", level=Level.PAPER), record("a")]
    store.replace_branch("paper-1", branch)
    insert = store.tenant.insert

    def interrupt(records: Any, epoch: int, beat: Any) -> None:
        insert(records, epoch, beat)
        raise KeyboardInterrupt

    store.tenant.insert = interrupt  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        store.replace_branch("paper-2", [record("b", "bittern", paper="paper-2")])
    store.tenant.insert = insert  # type: ignore[method-assign]
    store.replace_branch("paper-3", [record("c", "reeds", paper="paper-3")])
    assert ids(store.scan()) == ["paper-1", "a", "c"]
    assert store.bm25("bittern", Level.PASSAGE, 5) == []


def test_one_server_by_two_names_is_two_homes_that_wait(
    weaviate: LocalWeaviate, store: WeaviateStore, tmp_path: Path
) -> None:
    by_name = address(weaviate, url=weaviate.url.replace("127.0.0.1", "localhost"))
    other = Claims(Registry(Server(by_name)), "p", tmp_path / "locks")
    with store._claims.held():
        other._draw()
        assert store._claims._key in other._all()
        store._claims.check(other._all())
    other.release()


def test_a_project_that_another_process_made_first_is_left_as_it_is(store: WeaviateStore) -> None:
    store.upsert([record("a")])
    assert store._registry.make("p", ENCODER) == store._now()
    assert store.stats().nodes == 1


def test_a_removal_that_was_cut_off_can_be_finished(store: WeaviateStore, tmp_path: Path) -> None:
    from hierarchy.weaviate.objects import COLLECTION

    store.upsert([record("a")])
    store._server.client.collections.get(COLLECTION).tenants.remove(["p"])  # and killed here
    assert open_weaviate(tmp_path).drop() == 0  # type: ignore[attr-defined]
    again = open_weaviate(tmp_path)
    again.upsert([record("b")])
    assert ids(again.scan()) == ["b"]


# The server dies


def test_a_server_killed_in_a_batch_and_started_again_loses_nothing(
    weaviate: LocalWeaviate, store: WeaviateStore
) -> None:
    done: list[str] = []
    failures: list[Exception] = []

    def write() -> None:
        try:
            for number in range(60):
                paper = f"paper-{number}"
                store.replace_branch(paper, [record(f"{number}-{i}", "bittern", paper=paper) for i in range(20)])
                done.append(paper)
        except StoreError as error:  # it may have been away for too long: then what was acknowledged counts
            failures.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    for _ in range(2):
        time.sleep(1.0)
        weaviate.kill()
        weaviate.start()
    writer.join()
    assert failures == []
    counts = store.count_by("paper")
    assert set(counts.values()) == {20}
    assert set(done) == set(counts)
    assert len(store.bm25("bittern", Level.PASSAGE, 2_000)) == 1_200


def test_an_ingest_ends_when_asked_to_though_the_server_hangs(
    weaviate: LocalWeaviate, home: Path, tmp_path: Path, run_in: Run
) -> None:
    papers = tmp_path / "papers"
    for number in range(40):
        write(papers, f"{number}.pdf", small_paper(f"Reed Beds Number {number}", 30 + number))
    command = [sys.executable, "-m", "strata", "ingest", str(papers)]
    environment = clean_environment(STRATA_HOME=str(home), PYTHONPATH=str(ROOT), **weaviate.environment)
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
    assert process.stderr is not None
    assert weaviate.pid is not None
    acknowledged = [process.stderr.readline() for _ in range(2)]
    os.killpg(weaviate.pid, signal.SIGSTOP)
    try:
        time.sleep(1)  # the next paper is on its way
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=30)[1]  # three seconds on a machine that is awake; a call may take 60
    finally:
        os.killpg(weaviate.pid, signal.SIGCONT)
        process.kill()
    assert process.returncode == 130, said
    assert "strata: Interrupted" in said
    acknowledged += [line for line in said.splitlines() if "added" in line]
    later = run_in(home, "ingest", papers, "--json", **weaviate.environment).json
    assert len(later["unchanged"]) >= len(acknowledged)
    assert len(later["unchanged"]) + len(later["added"]) == 40
    counts = [len(later[what]) for what in ("changed", "failed", "duplicates")]
    assert counts == [0, 0, 0]
