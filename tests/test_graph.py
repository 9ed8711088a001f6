"""The graph is what the nodes say, is renewed where they change, and parts into communities with themes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from engines import ENGINES
from graph_nodes import finding, paper, passage, records, reference
from hypothesis import given, settings
from hypothesis import strategies as st

from hierarchy.filters import Eq
from hierarchy.graph.build import CITES, CONTRADICTS, SAME_TOPIC, STATES, SUPPORTS, Graph, ProjectGraph, papers_in
from hierarchy.graph.cache import GraphCache
from hierarchy.graph.communities import communities
from hierarchy.graph.labels import labels
from hierarchy.graph.themes import themes
from hierarchy.graph.topics import NEAREST, Topics
from hierarchy.nodes import Node
from hierarchy.sqlite import SqliteStore
from hierarchy.store import NodeStore, papers_of


@pytest.fixture
def store(tmp_path: Path) -> Iterator[NodeStore]:
    opened = ENGINES["sqlite"](tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def any_store(engine: str, tmp_path: Path) -> Iterator[NodeStore]:
    opened = ENGINES[engine](tmp_path)
    yield opened
    opened.close()


def relation(kind: str, a: str, b: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "a": a, "b": b, "difference": "in spring", "score": 0.9} | more


def cites(*papers: str) -> list[dict[str, Any]]:
    return [{"paper": cited, "references": [f"r{i}"]} for i, cited in enumerate(papers, 1)]


def put(store: NodeStore, *nodes: Node, towards: int = 0) -> None:
    store.upsert(records(*nodes, towards=towards))


def told(graph: Graph) -> tuple[dict[str, Any], dict[Any, Any], dict[str, Any]]:
    """All that a graph says."""
    nodes = {node: dict(attributes) for node, attributes in graph.nodes(data=True)}
    return nodes, {edge[:3]: dict(edge[3]) for edge in graph.edges(keys=True, data=True)}, dict(graph.graph)


def field(store: NodeStore) -> None:
    """Three papers: b and c cite a, c's finding bears out a's and contradicts b's."""
    put(store, paper("a", "Frogs call at dusk"), finding("fa", "a", "Frogs called at dusk."))
    put(store, paper("b", "Frogs and rain", cites=cites("a")), finding("fb", "b"), passage("pb", "b", ["r1", "r7"]))
    related = [relation(SUPPORTS, "fc", "fa"), relation(CONTRADICTS, "fc", "fb", reason="Other ponds.")]
    put(store, paper("c", "Toads", cites=cites("a", "gone"), relations=related), finding("fc", "c"), towards=5)
    put(store, passage("pc", "c", ["r1"]), passage("pd", "c", ["r2"]), towards=5)


def test_the_graph_says_what_the_nodes_say(any_store: NodeStore) -> None:
    field(any_store)
    graph = ProjectGraph(any_store).graph()
    assert set(graph) == {"a", "b", "c", "fa", "fb", "fc"}
    assert graph.edges["b", "a", CITES] == {"kind": CITES, "references": ["r1"], "passages": ["pb"]}
    assert graph.edges["c", "a", CITES]["passages"] == ["pc"]
    assert {edge[:2] for edge in graph.edges(keys=True) if edge[2] == STATES} == {("a", "fa"), ("b", "fb"), ("c", "fc")}
    assert graph.edges["fc", "fa", SUPPORTS]["difference"] == "in spring"
    assert graph.edges["fc", "fb", CONTRADICTS]["reason"] == "Other ponds."
    assert [edge[:2] for edge in graph.edges(keys=True) if edge[2] == SAME_TOPIC] == [("a", "b")]
    assert graph.nodes["a"]["title"] == "Frogs call at dusk"
    assert graph.nodes["fa"] | {"quote": "Frogs called at dusk.", "paper": "a"} == graph.nodes["fa"]
    assert next(iter(papers_in(graph))) == "a"  # who is cited is central
    assert graph.graph == {"project": "p", "papers": 3, "findings": 3, "unresolved_references": 0}
    msgspec.json.encode(told(graph)[0])


def test_references_that_nobody_resolved_are_resolved_here_and_the_others_counted(store: NodeStore) -> None:
    title, authors = "Frog choruses in northern fens at dusk", ["Ida Li"]
    put(store, paper("a", title, authors, 2020))
    listed = [reference(1, title.lower(), ["Li, I."], 2020), reference(2, "Something else", ["Abdi, B."], 1999)]
    put(store, paper("b", references=listed))
    graph = ProjectGraph(store).graph()
    assert graph.has_edge("b", "a", CITES)
    assert graph.graph["unresolved_references"] == 1


def test_what_has_lost_an_end_is_left_out(store: NodeStore) -> None:
    related: list[Any] = [relation(SUPPORTS, "fa", "gone"), relation(SUPPORTS, "fa", "fa"), "junk", {}]
    related.append(relation("amuses", "fa", "fb"))
    put(store, paper("a", cites=cites("gone", "a"), relations=related), finding("fa", "a"), finding("fb", "a"))
    put(store, paper("b", cites=["junk", {"paper": 3}]))
    graph = ProjectGraph(store).graph()
    assert {edge[2] for edge in graph.edges(keys=True)} <= {STATES, SAME_TOPIC}


@pytest.mark.parametrize("count", [0, 1, 2])
def test_small_projects_have_a_graph_and_one_theme_at_most(store: NodeStore, count: int) -> None:
    for i in range(count):
        put(store, paper(f"p{i}", "Frogs in fens"), towards=i)
    graph = ProjectGraph(store).graph()
    assert len(graph) == count
    assert [theme.papers for theme in themes(graph, papers_of(store))] == ([("p0",), ("p0", "p1")][count - 1 : count])


def test_papers_that_cite_each_other_in_a_circle_are_ranked(store: NodeStore) -> None:
    for name, cited in (("a", "b"), ("b", "c"), ("c", "a")):
        put(store, paper(name, cites=cites(cited)))
    graph = ProjectGraph(store).graph()
    assert {attributes["centrality"] for _, attributes in graph.nodes(data=True)} == {1.0}


def test_two_papers_with_the_same_title_are_two(store: NodeStore) -> None:
    put(store, paper("a", "Frogs"), finding("fa", "a"))
    put(store, paper("b", "Frogs"), finding("fb", "b"))
    assert set(ProjectGraph(store).graph()) == {"a", "b", "fa", "fb"}


@pytest.mark.parametrize("cached", [False, True])
def test_a_held_graph_is_renewed_as_if_built_anew(store: NodeStore, tmp_path: Path, cached: bool) -> None:
    held = ProjectGraph(store, GraphCache(tmp_path / "graph.db", "p") if cached else None)

    def same() -> bool:
        return told(held.graph()) == told(ProjectGraph(store).graph())

    assert same()
    field(store)
    assert same()
    put(store, paper("gone", "Found again", relations=[relation(SUPPORTS, "fg", "fa")]), finding("fg", "gone"))
    assert same()
    assert held.graph().has_edge("c", "gone", CITES)
    put(store, paper("b", "Frogs and snow", digest="new", cites=cites("a", "c")), towards=5)
    assert same()
    assert held.graph().nodes["b"]["title"] == "Frogs and snow"
    store.delete(Eq("paper", "a"))
    assert same()
    put(store, finding("more", "b"))
    assert same()
    store.delete(Eq("paper", "c"))
    assert same()


def test_a_graph_that_looks_sees_what_no_digest_tells(store: NodeStore) -> None:
    field(store)
    held = ProjectGraph(store)
    held.graph()
    put(store, paper("b", "Frogs and rain", cites=cites("a", "c")))
    assert held.graph(look=True).has_edge("b", "c", CITES)


def test_the_cache_spares_reading_papers_that_did_not_change(store: NodeStore, tmp_path: Path) -> None:
    field(store)
    cache = GraphCache(tmp_path / "graph.db", "p")
    before = told(ProjectGraph(store, cache).graph())
    read: list[object] = []

    class Watched(SqliteStore):
        def scan(self, where: Any = None) -> Iterator[Node]:
            read.append(where)
            return super().scan(where)

    watched = Watched(tmp_path / "p.db", "p", None, create=False)
    assert told(ProjectGraph(watched, cache).graph()) == before
    assert len(read) == 1  # the papers' own nodes
    watched.close()


@pytest.mark.parametrize("harm", ["junk", "other project", "empty parts", "unwritable"])
def test_a_cache_in_doubt_is_made_anew(store: NodeStore, tmp_path: Path, harm: str) -> None:
    field(store)
    path, wanted = tmp_path / "graph.db", told(ProjectGraph(store).graph())
    if harm == "unwritable":
        path.mkdir()
    else:
        ProjectGraph(store, GraphCache(path, "q" if harm == "other project" else "p")).graph()
    if harm == "junk":
        path.write_bytes(b"junk" * 5_000)
    cache = GraphCache(path, "p")
    if harm == "empty parts":
        parts = cache.read(["a", "b", "c"])
        cache.write({name: msgspec.structs.replace(part, findings={}) for name, part in parts.items()})
    assert told(ProjectGraph(store, cache).graph()) == wanted
    assert told(ProjectGraph(store, GraphCache(path, "p")).graph()) == wanted


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 11), st.one_of(st.none(), st.integers(0, 5))), max_size=25), st.integers(2, 9))
def test_nearest_papers_kept_are_those_worked_out_anew(steps: list[tuple[int, int | None]], dimension: int) -> None:
    random = np.random.default_rng(dimension)
    centres = random.normal(size=(6, dimension)).astype(np.float32)
    held, known = Topics(), dict[str, Any]()
    for number, centre in steps:
        name = f"p{number}"
        if centre is None:
            known.pop(name, None)
            held.update({}, [name])
        else:
            vector = centres[centre] + 0.5 * random.normal(size=dimension)
            known[name] = np.asarray(vector / np.linalg.norm(vector), np.float32)
            held.update({name: known[name]})
    fresh = Topics()
    fresh.update(known)
    assert held.pairs().keys() == fresh.pairs().keys()
    assert all(abs(score - fresh.pairs()[pair]) < 0.001 for pair, score in held.pairs().items())
    assert len(fresh.pairs()) <= NEAREST * len(known)


def two_fields(store: NodeStore) -> None:
    for i in range(4):
        frogs = cites(*(f"frog{j}" for j in range(i)))
        put(
            store, paper(f"frog{i}", f"Frog choruses of fen {i}", cites=frogs), finding(f"ff{i}", f"frog{i}"), towards=1
        )
        roofs = cites(*(f"roof{j}" for j in range(i)))
        related = [relation(CONTRADICTS if i == 2 else SUPPORTS, f"fr{i}", f"fr{i - 1}")] if i > 1 else []
        claim = f"Planted roofs kept {40 + i} percent of the rain at depth {i}."
        title = f"Rain on planted roofs {i}"
        put(
            store,
            paper(f"roof{i}", title, cites=roofs, relations=related),
            finding(f"fr{i}", f"roof{i}", claim),
            towards=2,
        )


def test_communities_are_the_fields_and_always_the_same(store: NodeStore) -> None:
    two_fields(store)
    found = communities(ProjectGraph(store).graph())
    assert found == communities(ProjectGraph(store).graph())
    assert {frozenset(group.papers) for group in found} == {
        frozenset(f"{name}{i}" for i in range(4)) for name in ("frog", "roof")
    }
    assert all(group.papers[0].endswith("0") for group in found)  # whom all others cite


def test_themes_name_what_is_agreed_and_disputed(store: NodeStore) -> None:
    two_fields(store)
    found = {theme.papers[0]: theme for theme in themes(ProjectGraph(store).graph(), papers_of(store))}
    roofs, frogs = found["roof0"], found["frog0"]
    assert "planted roofs" in roofs.label
    assert "frog choruses" in frogs.label
    assert [(pair.a, pair.b) for pair in roofs.agreed] == [("fr3", "fr2")]
    assert [(pair.a, pair.b, pair.difference) for pair in roofs.disputed] == [("fr2", "fr1", "in spring")]
    assert frogs.agreed == frogs.disputed == ()
    assert set(roofs.findings) <= {f"fr{i}" for i in range(4)}
    assert roofs.findings
    assert msgspec.json.decode(msgspec.json.encode(roofs.to_dict())) == roofs.to_dict()


def test_labels_repeat_nothing_and_are_printed_words() -> None:
    frogs = ("Frog choruses and frog chorus counts", "We count frog choruses in fens with BERT.", "")
    roofs = ("Planted roofs", "We show that planted roofs keep rain.", "The planted roof kept rain.")
    bees = ("Bees on planted roofs", "", "The planted roof was full of bees.")
    first, second = labels([[frogs, frogs], [roofs, bees]])
    assert first[0] == "frog chorus counts"
    assert len({word[:4] for term in first for word in term.split()}) == sum(len(term.split()) for term in first)
    assert "planted roofs" in second
    assert labels([[("The of and", "", "")]]) == [[]]
    assert labels([]) == []


def test_addresses_are_no_words_for_a_theme() -> None:
    rain = ("Planted roofs", "See https://example.org/roofs/data doi: 10.1234/abc.roofs www.roof-data.example.net", "")
    more = ("Rain on planted roofs", "See https://example.org/roofs/data, mail to roofs@example.org, http doi.", "")
    (found,) = labels([[rain, more]], most=20)
    assert "planted roofs" in found
    assert not {word for term in found for word in term.split()} & {"http", "https", "www", "doi", "example", "org"}


def test_names_of_people_label_with_other_words_only() -> None:
    one, other = ("Ostberg. Calls at dusk", "Ostberg heard.", ""), ("Ostberg. Frogs", "Of Ostberg; calls; Calls.", "")
    (before,), (found,) = labels([[one, other]]), labels([[one, other]], names=["Lena Ostberg", "Ada Calls"])
    assert "ostberg" in before
    assert found == ["calls"]  # printed small, too, so it is a word


@given(st.lists(st.tuples(st.text(max_size=40), st.text(max_size=80), st.text(max_size=40)), max_size=4))
def test_any_texts_can_be_labelled(texts: list[tuple[str, str, str]]) -> None:
    (found,) = labels([texts])
    assert len(found) <= 3
    assert all(term.strip() for term in found)
