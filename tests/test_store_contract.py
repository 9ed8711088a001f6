"""What every engine must do, whatever it is made of: one file, one engine a parameter.

The numbers are those of the store contract. 17 (erasure) and 20 (backup) are refused in this version, which is tested
too. Vectors are made: directions that are known to be near or far.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from engines import DIMENSION, ENCODER, ENGINES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hierarchy.encoder import unit
from hierarchy.errors import BatchError, MismatchError, NotBuiltError, StoreError, UsageError
from hierarchy.filters import And, Between, Eq, Filter, Has, In, IsNull, Not, Or
from hierarchy.nodes import Finding, Level, Node, Record, Value, Vector
from hierarchy.positions import Positions, WordBox
from hierarchy.query_words import words_of
from hierarchy.sqlite import SqliteStore
from hierarchy.store import NodeStore
from retrieval.fusion import fuse, pool_size

RANDOM = np.random.default_rng(7)

Open = Callable[[], NodeStore]


@pytest.fixture
def reopen(engine: str, tmp_path: Path) -> Iterator[Open]:
    """Opens the same project again and again; all are closed at the end."""
    opened: list[NodeStore] = []

    def again() -> NodeStore:
        opened.append(ENGINES[engine](tmp_path))
        return opened[-1]

    yield again
    for store in opened:
        store.close()


@pytest.fixture
def store(reopen: Open) -> NodeStore:
    return reopen()


def vector(seed: int | None = None) -> Vector:
    random = RANDOM if seed is None else np.random.default_rng(seed)
    return unit(random.normal(size=DIMENSION))


def record(name: str, text: str = "some words", level: Level = Level.PASSAGE, **fields: Any) -> Record:
    own = fields.pop("vector", None)
    defaults: dict[str, Any] = {"project": "p", "title": "Heading", "paper": "paper-1", "digest": "d-" + text}
    node = Node(id=name, level=level, text=text, **(defaults | fields))
    return Record(node, vector() if own is None else own)


def ids(nodes: Any) -> list[str]:
    return [n.id for n in nodes]


def bm25(store: NodeStore, words: str, where: Filter | None = None, k: int = 20) -> list[str]:
    return ids(store.bm25(words, Level.PASSAGE, k, where))


# 1


def test_upsert_is_idempotent_and_gives_back_all_that_was_stored(store: NodeStore) -> None:
    finding = Finding(
        "It rose.", "result", "p1", "It rose.", (Value("F1", 0.5, None, "rain", 0.4, (0.45, 0.55)),), "increase", True
    )
    full = record(
        "f1",
        "It rose. ünïcode “quoted” \N{SNOWMAN}",
        Level.FINDING,
        parent="s1",
        path=("3 Method", "3.1 Data"),
        kind="result",
        order=4,
        metadata={"year": 2021, "authors": ["Ada Lovelace"], "tags": [], "section_kind": "result", "doi": None},
        finding=finding,
        places=Positions.of([WordBox(0, 2, 3, 0, (1.25, 2.0, 3.5, 4.0)), WordBox(3, 8, 4, 1, (5, 6, 7, 8))]),
    )
    for _ in range(3):
        store.upsert([full])
    assert store.stats().nodes == 1
    assert store.get(["f1", "nowhere"]) == {"f1": full.node}
    assert np.array_equal(store.vectors(["f1"])["f1"], full.vector)


def test_a_nodes_paper_title_and_file_are_those_of_its_paper_as_it_is_now(store: NodeStore) -> None:
    paper = record("paper-1", level=Level.PAPER, title="Old", file="a.pdf")
    store.upsert([paper, record("p1")])
    new = msgspec.structs.replace(paper.node, title="New", file="b.pdf")
    store.upsert([Record(new, paper.vector)])
    node = store.get(["p1"])["p1"]
    assert (node.paper_title, node.file) == ("New", "b.pdf")


def test_attachments_come_back_byte_for_byte(store: NodeStore) -> None:
    one = msgspec.structs.replace(record("p1"), attachment=b"\x00\xff\x00bytes")
    store.upsert([one, record("p2")])
    assert store.attachments(["p1", "p2"]) == {"p1": b"\x00\xff\x00bytes"}


# 2, 3


def test_a_write_is_seen_at_once_by_every_way_of_reading(store: NodeStore) -> None:
    one = record("p1", "the bittern booms")
    store.upsert([one])
    assert bm25(store, "bittern") == ["p1"]
    assert ids(store.dense(one.vector, Level.PASSAGE, 5)) == ["p1"]
    assert ids(store.scan(Eq("paper", "paper-1"))) == ["p1"]
    assert store.count_by("level") == {"passage": 1}


def test_old_words_and_the_old_vector_of_an_updated_node_stop_matching(store: NodeStore) -> None:
    before, after = vector(1), vector(2)
    store.upsert([record("p1", "bittern", vector=before), record("p2", "crake", vector=-before)])
    store.upsert([record("p1", "spoonbill", title="Other", vector=after)])
    assert bm25(store, "bittern heading") == ["p2"]
    assert bm25(store, "spoonbill") == ["p1"]
    (best,) = store.dense(after, Level.PASSAGE, 1)
    assert best.id == "p1"
    assert best.score == pytest.approx(1.0, abs=1e-5)


def test_a_node_that_changes_its_level_is_found_only_there(store: NodeStore) -> None:
    store.upsert([record("x", "bittern")])
    store.upsert([record("x", "bittern", Level.FINDING)])
    assert bm25(store, "bittern") == []
    assert ids(store.bm25("bittern", Level.FINDING, 5)) == ["x"]
    assert store.dense(vector(), Level.PASSAGE, 5) == []


# 4


def test_ids_are_compared_exactly(store: NodeStore) -> None:
    names = [
        "paper-1",
        "paper-1 v2",
        "Paper-1",
        "paper 1",
        'pa"per',
        "pa'per",
        "pâper",
        "pa\u0302per",
        "paper_1",
        "paper%",
    ]
    store.upsert([record(f"node of {n}", paper=n) for n in names])
    for name in names:
        assert ids(store.scan(Eq("paper", name))) == [f"node of {name}"]
    assert store.delete(Eq("paper", "paper-1")) == 1
    assert store.stats().nodes == len(names) - 1


# 5

FILTERED = [
    ("a", {"year": 2019, "authors": ["Ada", "Bea"], "section_kind": "data"}, "table"),
    ("b", {"year": 2020, "authors": ["Bea"], "section_kind": "method"}, "paragraph"),
    ("c", {"year": None, "authors": [], "tags": ["x'y"]}, "paragraph"),
    ("d", {}, None),
]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (Eq("year", 2019), "a"),
        (Eq("section_kind", "method"), "b"),
        (In("year", (2019, 2020, 1)), "ab"),
        (In("kind", ()), ""),
        (Between("year", 2020, None), "b"),
        (Between("year", None, 2019), "a"),
        (Between("year"), "ab"),
        (Has("authors", "Bea"), "ab"),
        (Has("authors", "Be"), ""),
        (Has("tags", "x'y"), "c"),
        (IsNull("year"), "cd"),
        (IsNull("kind"), "d"),
        (Not(Eq("year", 2019)), "bcd"),
        (Not(IsNull("year")), "ab"),
        (Not(In("year", (2019,))), "bcd"),
        (Not(Has("authors", "Bea")), "cd"),
        (And((Eq("kind", "paragraph"), Not(Eq("year", 2020)))), "c"),
        (Or((Eq("year", 2019), IsNull("kind"))), "ad"),
        (
            And(
                (
                    Or((Eq("kind", "table"), Eq("kind", "paragraph"))),
                    Not(And((Has("authors", "Ada"), Eq("year", 2019)))),
                )
            ),
            "bc",
        ),
        (And(()), "abcd"),
        (Or(()), ""),
        (Not(Or(())), "abcd"),
    ],
    ids=repr,
)
def test_filters_mean_the_same_to_scan_count_and_both_legs(store: NodeStore, where: Filter, expected: str) -> None:
    store.upsert([record(name, "bittern", metadata=meta, kind=kind) for name, meta, kind in FILTERED])
    want = sorted(expected)
    assert sorted(ids(store.scan(where))) == want
    assert sum(store.count_by("level", where).values()) == len(want)
    assert sorted(bm25(store, "bittern", where)) == want
    assert sorted(ids(store.dense(vector(), Level.PASSAGE, 10, where))) == want


def test_a_delete_that_limits_nothing_is_refused(store: NodeStore) -> None:
    store.upsert([record("a")])
    for where in (And(()), And((And(()),))):
        with pytest.raises(UsageError):
            store.delete(where)
    assert store.stats().nodes == 1


def test_a_field_that_does_not_exist_is_refused(store: NodeStore) -> None:
    with pytest.raises(UsageError, match="no field"):
        store.count_by("text; DROP TABLE nodes")


# 6


def test_a_delete_of_many_is_complete_and_its_count_true(store: NodeStore) -> None:
    shared = vector(3)
    batch = [record(f"n{i}", "bittern", paper=f"paper-{i % 2}", vector=shared) for i in range(10_001 * 2)]
    store.upsert(batch)
    assert store.delete(Eq("paper", "paper-1")) == 10_001
    assert store.stats().nodes == 10_001
    assert store.delete(Eq("paper", "paper-1")) == 0


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


# 12


def test_counts_go_beyond_a_hundred_groups(store: NodeStore) -> None:
    store.upsert([record(f"n{i}", paper=f"paper-{i % 150}") for i in range(450)])
    counts = store.count_by("paper")
    assert len(counts) == 150
    assert set(counts.values()) == {3}


# 13, 14


def test_a_batch_with_bad_records_names_them_and_can_be_sent_again(store: NodeStore) -> None:
    nan = vector()
    nan[3] = np.nan
    good = [record("good1"), record("good2")]
    with pytest.raises(BatchError) as caught:
        store.upsert([good[0], record("short", vector=np.ones(3, np.float32)), record("nan", vector=nan), good[1]])
    assert set(caught.value.ids) == {"short", "nan"}
    assert not {"short", "nan"} & set(store.get(["short", "nan"]))
    store.upsert(good)
    assert sorted(store.get(["good1", "good2"])) == ["good1", "good2"]


def test_another_projects_node_is_refused(store: NodeStore) -> None:
    stray = record("x")
    with pytest.raises(BatchError):
        store.upsert([Record(msgspec.structs.replace(stray.node, project="q"), stray.vector)])


# 15, 19

WRITER = """
import sys
sys.path[:0] = {paths!r}
import numpy as np
from engines import ENGINES
from test_store_contract import record
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


# 17, 20: not in this version


def test_erase_and_backup_are_refused_with_a_sentence(store: NodeStore, tmp_path: Path) -> None:
    with pytest.raises(NotBuiltError, match="erasure"):
        store.erase(Eq("paper", "paper-1"))
    with pytest.raises(NotBuiltError, match="Backup"):
        store.backup(tmp_path / "copy")


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


# Branches


def test_a_branch_is_replaced_whole_and_only_what_changed_is_written(store: NodeStore) -> None:
    keep, move, alter, gone = (
        record(name, f"{name} words", order=i) for i, name in enumerate(("keep", "move", "alter", "gone"))
    )
    stranger = record("stranger", paper="paper-2")
    store.upsert([stranger])
    first = store.replace_branch("paper-1", [keep, move, alter, gone])
    assert sorted(first.new) == ["alter", "gone", "keep", "move"]
    moved = Record(msgspec.structs.replace(move.node, order=9), move.vector)
    altered = record("alter", "other words", vector=alter.vector)
    second = store.replace_branch("paper-1", [keep, moved, altered, record("fresh")])
    assert (second.kept, second.moved, second.removed) == (("keep",), ("move",), ("gone",))
    assert sorted(second.new) == ["alter", "fresh"]
    assert ids(store.scan(Eq("paper", "paper-2"))) == ["stranger"]
    assert bm25(store, "gone") == []


def test_a_branch_with_a_bad_record_changes_nothing(store: NodeStore) -> None:
    store.replace_branch("paper-1", [record("a")])
    with pytest.raises(BatchError):
        store.replace_branch("paper-1", [record("b"), record("c", vector=np.ones(2, np.float32))])
    assert ids(store.scan()) == ["a"]


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
