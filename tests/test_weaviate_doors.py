"""The doors to the server engine: the command line, copies from engine to engine, LlamaIndex, the compose file."""

from __future__ import annotations

import subprocess
from pathlib import Path

import msgspec
import numpy as np
import pytest
from conftest import Run
from engines import open_sqlite, open_weaviate
from store_records import record, vector

from hierarchy.errors import UsageError
from hierarchy.nodes import Level
from hierarchy.weaviate import WeaviateStore
from strata.copying import copy_project
from strata.local_weaviate import COMPOSE, LocalWeaviate, docker_works, free_ports
from strata.settings import Settings

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "sample" / "roof-meadows"


@pytest.fixture
def store(weaviate: LocalWeaviate, tmp_path: Path) -> WeaviateStore:
    opened = open_weaviate(tmp_path)
    assert isinstance(opened, WeaviateStore)
    return opened


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
