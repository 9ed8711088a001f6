"""A store that was told which questions come: it finds what it finds without, and sees what is written meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
from engines import ENCODER, open_sqlite
from hypothesis import given, settings
from hypothesis import strategies as st
from store_records import record, vector

from hierarchy.filters import Eq, Filter
from hierarchy.nodes import Hit, Level, Node, Record, Vector
from hierarchy.sqlite import SqliteStore
from hierarchy.sqlite import held as held_module
from hierarchy.store import NodeStore
from hierarchy.union import UnionStore

WORDS = ("reed", "reeds", "warbler", "Röhricht", "dusk", "survey", "über", "x2", "calls", "of", "the", "marsh")
PER_LEVEL = {Level.PROJECT: 1, Level.PAPER: 23, Level.SECTION: 64, Level.PASSAGE: 300, Level.FINDING: 8}
QUESTIONS = ("reeds at dusk", "the calls of the warbler over the marsh", "Röhricht x2", "the the the", "nothing known")


def _records() -> list[Record]:
    """Nodes with few words, so that many share a score; every fifth one is there twice over, words and vector."""
    random = np.random.default_rng(3)
    made: list[Record] = []
    for level, count in PER_LEVEL.items():
        for number in range(count):
            text = " ".join(random.choice(WORDS, int(random.integers(1, 12))))
            fields = {"title": str(random.choice(WORDS)), "paper": f"paper-{number % 3}", "vector": vector(number)}
            if number % 5 == 4:
                twin = made[-1]
                text, fields = twin.node.text, fields | {"title": twin.node.title, "vector": twin.vector}
            made.append(record(f"{level.value}-{random.integers(1 << 30)}", text, level, **fields))
    return made


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[NodeStore, NodeStore]]:
    """Two connections to one project: one that is told what comes, and one that is not."""
    folder = tmp_path_factory.mktemp("project")
    told, untold = open_sqlite(folder), open_sqlite(folder)
    told.upsert(_records())
    yield told, untold
    told.close()
    untold.close()


def _legs(
    store: NodeStore, text: str, near: Vector, k: int, where: Filter | None = None
) -> list[tuple[list[Hit], list[Hit], list[Node]]]:
    """What a store finds on each level, and the nodes in the order in which it gives them."""
    found = []
    for level in Level:
        dense, words = store.dense(near, level, k, where), store.bm25(text, level, k, where)
        found.append((dense, words, list(store.get([h.id for h in (*words, *dense, *words)]).values())))
    return found


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([*WORDS, "unknown", '"', "NEAR(", "*", "OR"]), max_size=14).map(" ".join),
    st.integers(0, 60),
    st.sampled_from([1, 2, 7, 64, 100, 5_000]),
    st.sampled_from([None, Eq("paper", "paper-1")]),
)
def test_both_legs_and_the_nodes_are_the_same_to_the_last_bit(
    stores: tuple[NodeStore, NodeStore], text: str, seed: int, k: int, where: Filter | None
) -> None:
    told, untold = stores
    told.expect([vector(s) for s in range(0, 60, 2)])  # of odd seeds it was not told
    assert _legs(told, text, vector(seed), k, where) == _legs(untold, text, vector(seed), k, where)


def test_little_memory_gives_the_same(stores: tuple[NodeStore, NodeStore], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MOST_NODES", "MOST_NAMES", "MOST_SCORES"):
        monkeypatch.setattr(held_module, name, 3)
    monkeypatch.setattr("hierarchy.sqlite.nearest.PRODUCT_BYTES", 1)
    told, untold = stores
    told.expect([vector(seed) for seed in range(4)])
    for seed, text in enumerate(QUESTIONS):
        assert _legs(told, text, vector(seed), 20) == _legs(untold, text, vector(seed), 20)


def test_what_is_written_meanwhile_is_seen(tmp_path: Path) -> None:
    told, other = open_sqlite(tmp_path), open_sqlite(tmp_path)
    told.upsert(_records())
    told.expect([vector(1)])
    _legs(told, "reeds", vector(1), 400)
    for writer, name in ((other, "a-new"), (told, "b-new")):
        writer.upsert([record(name, "reeds reeds reeds", vector=vector(1))])
        assert _legs(told, "reeds", vector(1), 400) == _legs(other, "reeds", vector(1), 400)
        assert name in {hit.id for hit in told.dense(vector(1), Level.PASSAGE, 9)}
        assert name in {hit.id for hit in told.bm25("reeds", Level.PASSAGE, 9)}
    other.upsert([record("a-new", "warbler", vector=vector(2))])
    assert told.get(["a-new"])["a-new"].text == "warbler"
    other.delete(Eq("id", "a-new"))
    assert told.get(["a-new"]) == {}
    assert "a-new" not in {hit.id for hit in told.bm25("reeds warbler", Level.PASSAGE, 400)}


def test_an_end_can_come_twice_and_before_anything(tmp_path: Path) -> None:
    store = open_sqlite(tmp_path)
    store.expect([])
    store.expect([vector(1)])
    assert store.dense(vector(1), Level.PASSAGE, 5) == store.bm25("reeds", Level.PASSAGE, 5) == []  # nothing is there
    store.upsert(_records())
    found = _legs(store, "reeds", vector(1), 9)
    store.expect([])
    store.expect([])
    assert _legs(store, "reeds", vector(1), 9) == found


def test_projects_together_find_the_same(tmp_path: Path) -> None:
    records = _records()
    for name, part in (("p", records[:200]), ("r", records[200:])):
        with_name = [Record(_in(r.node, name), r.vector) for r in part]
        SqliteStore(tmp_path / f"{name}.db", name, ENCODER).upsert(with_name)
    both = UnionStore([open_sqlite(tmp_path, "p"), open_sqlite(tmp_path, "r")])
    before = [_legs(both, text, vector(seed), 30) for seed, text in enumerate(QUESTIONS)]
    both.expect([vector(seed) for seed in range(len(QUESTIONS))])
    assert [_legs(both, text, vector(seed), 30) for seed, text in enumerate(QUESTIONS)] == before
    both.expect([])


def _in(node: Node, project: str) -> Node:
    return msgspec.structs.replace(node, project=project)
