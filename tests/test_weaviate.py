"""What only the server engine can show: tenants, keys, kills of the server, large texts, and the doors to it."""

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
from engines import ENCODER, open_sqlite, open_weaviate
from hostile_pdfs import small_paper, write
from store_records import ids, record, vector

from hierarchy.errors import ConflictError, MismatchError, StoreError, UsageError
from hierarchy.filters import Eq
from hierarchy.nodes import Level
from hierarchy.weaviate import Address, Registry, Server, WeaviateStore, server
from hierarchy.weaviate.claim import Claims
from hierarchy.weaviate.registry import CLAIM, PROJECT, Entry, project_key
from strata.copying import copy_project
from strata.local_weaviate import COMPOSE, LocalWeaviate, docker_works, free_ports
from strata.settings import Settings

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "sample" / "roof-meadows"


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


# The doors


def settings_of(weaviate: LocalWeaviate, home: Path) -> Settings:
    return Settings.from_environment({"STRATA_HOME": str(home), **weaviate.environment})


def test_the_command_line_works_on_the_server_alone(weaviate: LocalWeaviate, home: Path, run_in: Run) -> None:
    paper = sorted(SAMPLE.glob("*.pdf"))[0]
    there = {**weaviate.environment}
    assert run_in(home, "ingest", paper, "--project", "Sea", "--json", **there).json["failed"] == []
    again = run_in(home, "ingest", paper, "--project", "sea", "--json", **there).json
    assert len(again["unchanged"]) == 1
    (project,) = run_in(home, "projects", "--json", **there).json["projects"]
    assert (project["name"], project["engine"], project["papers"]) == ("Sea", "weaviate", 1)
    assert run_in(home, "search", "What was measured?", "--project", "sea", "--json", **there).json["nodes"]
    assert not (home / "projects").exists()
    removed = run_in(home, "remove", "--all", "--yes", "--project", "SEA", "--json", **there).json
    assert removed["removed"]["nodes"] == project["nodes"]
    run_in(home, "ask", "Why?", "--project", "sea", "--json", **there).refused("unknown_project")


def test_a_server_that_is_away_is_a_sentence_of_the_command_line(home: Path, run_in: Run) -> None:
    (port,) = free_ports(1)
    there = {"STRATA_WEAVIATE_URL": f"http://127.0.0.1:{port}"}
    error = run_in(home, "ask", "Why?", "--json", **there).refused("no_server")
    assert "make weaviate" in error["hint"]


def test_a_project_is_copied_to_the_server_and_back_node_by_node(
    weaviate: LocalWeaviate, home: Path, run_in: Run
) -> None:
    run_in(home, "ingest", SAMPLE, "--project", "sea")
    there = {**weaviate.environment}
    to = ("copy", "--from", "sqlite", "--to", "weaviate", "--project", "sea", "--json")
    copied = run_in(home, *to, **there).json
    assert copied["nodes"] == copied["checked"] == copied["written"] > 100
    assert copied["different"] == 0
    assert run_in(home, *to, **there).json["written"] == 0
    removed = run_in(home, "remove", "--all", "--yes", "--project", "sea", "--json")
    assert removed.code == 0
    back = ("copy", "--from", "weaviate", "--to", "sqlite", "--project", "sea", "--json")
    assert run_in(home, *back, **there).json == copied


def test_a_copy_that_was_stopped_goes_on_and_one_that_would_lose_papers_is_refused(
    weaviate: LocalWeaviate, store: WeaviateStore, tmp_path: Path
) -> None:
    source = open_sqlite(tmp_path)
    for number in range(4):
        paper = f"paper-{number}"
        branch = [record(paper, level=Level.PAPER, paper=paper)]
        branch += [record(f"{number}-{i}", paper=paper, order=i) for i in range(5)]
        source.replace_branch(paper, branch)

    class StoppedError(Exception):
        pass

    def stop(done: int, papers: int) -> None:
        if done == 2:
            raise StoppedError

    with pytest.raises(StoppedError):
        copy_project(source, store, stop)
    copied = copy_project(source, store)
    assert (copied.nodes, copied.written, copied.different) == (24, 12, 0)
    store.upsert([record("paper-9", level=Level.PAPER, paper="paper-9")])
    with pytest.raises(UsageError, match="1 papers that"):
        copy_project(source, store)
    source.close()


def test_a_copy_mends_a_vector_that_differs(store: WeaviateStore, tmp_path: Path) -> None:
    source = open_sqlite(tmp_path)
    branch = [record("paper-1", level=Level.PAPER), record("a"), record("b")]
    source.replace_branch("paper-1", branch)
    copy_project(source, store)
    store.upsert([msgspec.structs.replace(branch[1], vector=vector(99))])
    copied = copy_project(source, store)
    assert (copied.written, copied.different) == (1, 0)
    assert np.array_equal(store.vectors(["a"])["a"], branch[1].vector)
    source.close()


def test_copying_to_the_same_engine_or_without_a_server_is_refused(home: Path, run_in: Run) -> None:
    run_in(home, "copy", "--from", "sqlite", "--to", "sqlite", "--json").refused("usage")
    run_in(home, "copy", "--from", "sqlite", "--to", "weaviate", "--json").refused("no_server")


def test_both_engines_answer_alike(weaviate: LocalWeaviate, home: Path, run_in: Run) -> None:
    there = {**weaviate.environment}
    run_in(home, "ingest", SAMPLE, "--project", "sea")
    assert run_in(home, "copy", "--from", "sqlite", "--to", "weaviate", "--project", "sea", **there).code == 0
    shared = 0.0
    questions = [
        "How was the retention of rain measured?",
        "Which sensors were used?",
        "How many bee species were found?",
        "What is known about the cooling of buildings?",
        "Where were the roofs?",
        "Did the depth of the substrate matter?",
        "Which papers count pollinators?",
        "What limits the studies?",
    ]
    for question in questions:
        asked = ("search", question, "--k", 20, "--level", "passage", "--project", "sea", "--json")
        found = [{n["id"] for n in run_in(home, *asked, **on).json["nodes"]} for on in ({}, there)]
        shared += len(found[0] & found[1]) / 20 / len(questions)
    assert shared >= 0.8


# LlamaIndex


@pytest.fixture
def llama(weaviate: LocalWeaviate, assistant: object, home: Path, run_in: Run) -> Settings:
    run_in(home, "ingest", SAMPLE, "--project", "sea", **weaviate.environment)
    return settings_of(weaviate, home)


def test_an_index_a_retriever_and_a_query_engine_of_llamaindex_work_on_a_project(llama: Settings) -> None:
    from llama_index.core import VectorStoreIndex
    from llama_index.core.llms import MockLLM
    from llama_index.core.vector_stores.types import ExactMatchFilter, MetadataFilters

    from strata.llama import embedding, vector_store

    store = vector_store("sea", llama)
    index = VectorStoreIndex.from_vector_store(store, embed_model=embedding(llama))
    found = index.as_retriever(similarity_top_k=5).retrieve("How was rain mixed into the clips?")
    assert len(found) == 5
    assert "rain" in " ".join(hit.node.get_content() for hit in found).lower()
    assert {"page", "paper", "paper_title", "level"} <= set(found[0].node.metadata)
    assert 0 < (found[-1].score or 0) < (found[0].score or 0) < 1  # cosines, not places in a ranking
    paper = found[0].node.metadata["paper"]
    within = MetadataFilters(filters=[ExactMatchFilter(key="paper", value=paper)])
    scoped = index.as_retriever(similarity_top_k=3, filters=within).retrieve("rain")
    assert {hit.node.metadata["paper"] for hit in scoped} == {paper}
    engine = index.as_query_engine(llm=MockLLM(max_tokens=20), similarity_top_k=2)
    answer = engine.query("How was rain mixed into the clips?")
    assert len(answer.source_nodes) == 2
    store.close()


def test_the_adapters_faults_are_kept_from_its_users(llama: Settings) -> None:
    from llama_index.core.schema import TextNode
    from llama_index.core.vector_stores.types import (
        FilterOperator,
        MetadataFilter,
        MetadataFilters,
        VectorStoreQuery,
        VectorStoreQueryMode,
    )

    from strata.llama import embedding, vector_store

    store = vector_store("sea", llama)
    question = "rain"
    near = embedding(llama).get_query_embedding("silence of the deep sea")

    def ask(mode: VectorStoreQueryMode, **fields: object) -> list[str]:
        query = VectorStoreQuery(query_embedding=near, query_str=question, similarity_top_k=8, mode=mode, **fields)
        return store.query(query).ids or []

    words = ask(VectorStoreQueryMode.TEXT_SEARCH)
    assert words == ask(VectorStoreQueryMode.HYBRID, alpha=0.0)
    assert words != ask(VectorStoreQueryMode.DEFAULT)
    assert ask(VectorStoreQueryMode.HYBRID, alpha=1.0) == ask(VectorStoreQueryMode.DEFAULT)
    with pytest.raises(UsageError, match="mmr"):
        ask(VectorStoreQueryMode.MMR)
    kinds = MetadataFilters(filters=[MetadataFilter(key="kind", value=["caption"], operator=FilterOperator.IN)])
    assert ask(VectorStoreQueryMode.DEFAULT, filters=kinds)
    wrong = MetadataFilters(filters=[MetadataFilter(key="kind", value="x", operator=FilterOperator.GT)])
    with pytest.raises(UsageError, match="filtered by"):
        ask(VectorStoreQueryMode.DEFAULT, filters=wrong)
    before = store._store.stats().nodes
    for refused in (
        lambda: store.add([TextNode(text="x", embedding=near)]),
        lambda: store.delete("paper-1"),
        lambda: store.delete_nodes(["x"]),
        store.clear,
        store.delete_index,
    ):
        with pytest.raises(UsageError, match="only read"):
            refused()
    assert store._store.stats().nodes == before
    store.close()


# The server for people


def test_the_compose_file_names_a_version_a_key_and_a_volume(tmp_path: Path) -> None:
    import yaml

    service = yaml.safe_load(COMPOSE.read_text("utf-8"))["services"]["weaviate"]
    assert service["image"].endswith(":1.39.0")
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    environment = service["environment"]
    assert environment["AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED"] == "false"
    assert environment["AUTHENTICATION_APIKEY_ALLOWED_KEYS"].startswith("${STRATA_WEAVIATE_API_KEY:?")
    assert service["volumes"] == ["weaviate:/var/lib/weaviate"]
    if docker_works():
        checked = ["docker", "compose", "-f", str(COMPOSE), "config", "--quiet"]
        assert subprocess.run(checked, env={"STRATA_WEAVIATE_API_KEY": "k", "PATH": "/usr/bin"}).returncode == 0
