"""What every engine must find, by words, by vectors and by both: one engine a parameter.

The numbers are those of the store contract.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from engines import DIMENSION, ENGINES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_records import RANDOM, Open, bm25, ids, record, vector

from hierarchy.encoder import unit
from hierarchy.filters import In
from hierarchy.nodes import Level, Record
from hierarchy.query_words import words_of
from hierarchy.store import NodeStore
from retrieval.fusion import fuse, pool_size

# 7, 8


def make_library(store: NodeStore, count: int = 300, seed: int = 11) -> np.ndarray[Any, Any]:
    random = np.random.default_rng(seed)
    words = [f"w{i}" for i in range(400)]
    weights = 1 / np.arange(1, 401)
    weights /= weights.sum()
    rows = [unit(random.normal(size=DIMENSION)) for _ in range(count)]
    store.upsert(
        [
            record(f"n{i:04}", " ".join(random.choice(words, 30, p=weights)), paper=f"paper-{i % 7}", vector=row)
            for i, row in enumerate(rows)
        ]
    )
    return np.stack(rows)


def test_alpha_0_is_the_order_of_bm25_and_alpha_1_the_dense_order(store: NodeStore) -> None:
    make_library(store)
    question = vector(5)
    dense = store.dense(question, Level.PASSAGE, pool_size(20))
    words = store.bm25("w40 w77 w120", Level.PASSAGE, pool_size(20))
    assert len(words) > 5
    assert ids(fuse(dense, words, 0.0)) == ids(words)
    assert ids(fuse(dense, words, 1.0)) == ids(dense)


def test_a_word_in_the_title_counts_more_than_one_in_the_text(store: NodeStore) -> None:
    filler = "one two three four five six seven"
    store.upsert(
        [
            record("text", f"{filler} bittern", title="reeds and water"),
            record("title", f"{filler} eight", title="bittern and water"),
            *(record(f"other{i}", filler, title="nothing") for i in range(20)),
        ]
    )
    assert bm25(store, "bittern") == ["title", "text"]


def test_metadata_never_matches_a_word(store: NodeStore) -> None:
    hidden = {"authors": ["Bittern"], "tags": ["bittern"], "doi": "10.1/bittern"}
    store.upsert([record("bittern", "reeds", paper="bittern", path=("bittern",), metadata=hidden, kind="bittern")])
    assert bm25(store, "bittern") == []


# 9


@given(text=st.text(max_size=80))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_words_and_never_syntax(store: NodeStore, text: str) -> None:
    store.upsert([record("a", "plain words"), record("b", text or "nothing")])
    found = bm25(store, text)
    assert set(found) <= {"a", "b"}


@pytest.mark.parametrize(
    "query", ['"', "*", "AND", "a AND", "NEAR(", "-reeds", "text:reeds", "title:(", "^", "{a b}", "'); --", ""]
)
def test_query_syntax_is_inert(store: NodeStore, query: str) -> None:
    texts = {"a": "reeds", "b": "water and reeds", "c": "near text"}
    store.upsert([record(name, text) for name, text in texts.items()])
    words = set(words_of(query + " water"))
    assert set(bm25(store, query + " water")) == {name for name, text in texts.items() if words & set(text.split())}


def test_a_query_of_common_words_finds_its_rarest_first(store: NodeStore) -> None:
    store.upsert([record(f"n{i}", "the water of the marsh" if i % 3 else "the water") for i in range(600)])
    assert len(store.bm25("the water of", Level.PASSAGE, 50)) == 50
    found = bm25(store, "the of", k=1000)
    assert set(found[:400]) == {f"n{i}" for i in range(600) if i % 3}


# 10


def test_more_than_there_is_gives_all_and_nothing_gives_none(store: NodeStore) -> None:
    store.upsert([record(f"n{i}", "reeds") for i in range(5)])
    assert len(store.dense(vector(), Level.PASSAGE, 100_000)) == 5
    assert len(bm25(store, "reeds", k=100_000)) == 5
    assert store.dense(vector(), Level.PASSAGE, 0) == []
    assert bm25(store, "spoonbill") == []
    assert store.dense(vector(), Level.FINDING, 5) == []
    assert store.get([]) == {}


def test_ties_come_in_the_same_order_each_time(store: NodeStore, reopen: Open) -> None:
    shared = vector(9)
    store.upsert([record(f"n{i:02}", "reeds", vector=shared) for i in RANDOM.permutation(40)])
    expected = [f"n{i:02}" for i in range(40)]
    for one in (store, store, reopen()):
        assert ids(one.dense(shared, Level.PASSAGE, 40)) == expected
        assert bm25(one, "reeds", k=40) == expected


# 11


def test_dense_search_is_exact_from_the_index_and_from_memory(store: NodeStore) -> None:
    rows = make_library(store, 2_500)
    random = np.random.default_rng(1)
    for _ in range(12):  # the first searches of a process read the index, later ones a matrix
        question = unit(random.normal(size=DIMENSION))
        best = np.argsort(-(rows @ question), kind="stable")[:20]
        found = store.dense(question, Level.PASSAGE, 20)
        assert len({f"n{i:04}" for i in best} & {h.id for h in found}) >= 20 * 0.99
        assert [h.score for h in found] == pytest.approx(sorted(rows @ question)[::-1][:20], abs=1e-4)


def test_a_matrix_in_memory_follows_writes_of_this_and_of_other_connections(store: NodeStore, reopen: Open) -> None:
    make_library(store, 2_500)
    question = vector(21)
    for _ in range(5):
        store.dense(question, Level.PASSAGE, 3)
    other = reopen()
    for writer, name in ((store, "mine"), (other, "theirs")):
        writer.upsert([record(name, vector=question)])
        assert name in ids(store.dense(question, Level.PASSAGE, 3))
    other.delete(In("id", ("mine", "theirs")))
    assert not {"mine", "theirs"} & set(ids(store.dense(question, Level.PASSAGE, 3)))


# 18


def test_several_projects_are_one_ranking_of_their_raw_legs(engine: str, tmp_path: Path) -> None:
    whole = ENGINES[engine](tmp_path)
    make_library(whole, 200)
    halves = [ENGINES[engine](tmp_path, name) for name in ("left", "right")]
    nodes = list(whole.scan())
    vectors = whole.vectors(ids(nodes))
    for i, half in enumerate(halves):
        mine = [Record(msgspec.structs.replace(n, project=half.project), vectors[n.id]) for n in nodes[i::2]]
        half.upsert(mine)
    question = vector(31)

    def best(hits: list[Any]) -> list[Any]:
        return sorted(hits, key=lambda h: (-h.score, h.id))[: pool_size(20)]

    legs = [best([h for half in halves for h in half.dense(question, Level.PASSAGE, pool_size(20))])]
    assert ids(legs[0]) == ids(whole.dense(question, Level.PASSAGE, pool_size(20)))
    words = best([h for half in halves for h in half.bm25("w40 w77 w120", Level.PASSAGE, pool_size(20))])
    fused = fuse(legs[0], words, 0.5)
    assert len({f.id for f in fused}) == len(fused)
    assert fused == sorted(fused, key=lambda f: (-f.score, f.id))
    for half in [whole, *halves]:
        half.close()
