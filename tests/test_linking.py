"""Papers tied together: who cites whom, which findings bear on each other; kept once, renewed where it changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from engines import DIMENSION, ENGINES

from hierarchy.filters import Eq
from hierarchy.linking import is_linked, link, unlinked_digest, with_links
from hierarchy.nodes import Finding, Level, Node, Record, Value
from hierarchy.relations import Relation
from hierarchy.relations.kept import pair_of, relations_of
from hierarchy.store import NodeStore, papers_of

ROSE = "Labelling twice raised the macro F1 on rare species at Halmer Fen from 0.52 to 0.60 (interval 0.05 to 0.11)."
FLAT = "Labelling twice did not change the macro F1 on rare species at Halmer Fen: 0.53, 0.53 (interval -0.02 to 0.02)."
AGREES = "Labelling twice raised the macro F1 on rare species at Halmer Fen from 0.51 to 0.59 (interval 0.04 to 0.12)."


@pytest.fixture
def store(engine: str, tmp_path: Path) -> Iterator[NodeStore]:
    opened = ENGINES[engine](tmp_path)
    yield opened
    opened.close()


def branch(name: str, title: str, *quotes: str, cites: str | None = None, digest: str = "1") -> list[Record]:
    """A paper with a passage for each finding; it prints the title `cites` among its references."""
    references = [{"id": "r1", "title": cites, "authors": ["Li, I."], "year": 2020, "doi": None, "arxiv": None}]
    metadata: dict[str, Any] = {"year": 2020, "authors": ["Ida Li"], "references": references if cites else []}
    nodes = [Node(name, Level.PAPER, "p", title, title, paper=name, digest=f"{name}{digest}", metadata=metadata)]
    for i, quote in enumerate(quotes):
        passage, finding = f"p{name}{i}{digest}", f"f{name}{i}{digest}"
        told = {"section_kind": "result"} | ({"cites": ["r1"]} if cites else {})
        nodes.append(Node(passage, Level.PASSAGE, "p", "", quote, paper=name, digest=passage, metadata=told))
        said = Finding(quote, "result", passage, quote, values_of(quote), None if quote == FLAT else "increase")
        node = Node(finding, Level.FINDING, "p", "Results", quote, paper=name, paper_title=title, digest=finding)
        node = msgspec.structs.replace(node, finding=said, kind="result", metadata={"section_kind": "result"})
        nodes.append(node)
    ones = np.ones(DIMENSION, np.float32) / np.sqrt(DIMENSION)
    return [Record(node, ones.astype(np.float32)) for node in nodes]


def values_of(quote: str) -> tuple[Value, ...]:
    numbers = [float(word.strip(",.:")) for word in quote.split() if word.strip(",.:").replace(".", "", 1).isdigit()]
    return (Value("macro F1", numbers[1], None, "rare species, Halmer Fen", numbers[0]),) if len(numbers) > 1 else ()


def put(store: NodeStore, name: str, title: str, *quotes: str, **how: Any) -> None:
    store.replace_branch(name, branch(name, title, *quotes, **how))


def relations(store: NodeStore) -> dict[tuple[str, str], Relation]:
    """Those that are shown: both ends are there."""
    ids = {node.id for node in store.scan()}
    kept = (r for paper in papers_of(store) for r in relations_of(paper))
    return {pair_of(r): r for r in kept if {r.a, r.b} <= ids}


def two(store: NodeStore) -> None:
    put(store, "a", "Labelling frogs of Halmer Fen twice", ROSE)
    put(store, "b", "Labels of frogs, seen again", FLAT, cites="Labelling frogs of Halmer Fen twice")


def test_citations_and_relations_are_found_and_kept_once(store: NodeStore) -> None:
    two(store)
    assert {node.id for node in link(store)} == {"a", "b"}
    papers = {paper.id: paper for paper in papers_of(store)}
    assert papers["b"].metadata["cites"] == [{"paper": "a", "references": ["r1"]}]
    assert papers["a"].metadata["cites"] == []
    kept = [r for paper in papers.values() for r in relations_of(paper)]
    assert [(r.kind, {r.a, r.b}) for r in kept] == [("contradicts", {"fa01", "fb01"})]
    assert all(is_linked(paper) for paper in papers.values())


def test_what_is_linked_is_not_looked_at_again(store: NodeStore) -> None:
    two(store)
    link(store)
    assert link(store) == []


def test_a_new_paper_changes_only_those_that_it_is_tied_to(store: NodeStore) -> None:
    two(store)
    put(store, "z", "Something else entirely", "The price of bread in town rose by 3% in a year.")
    link(store)
    put(store, "c", "A third look at labels", AGREES)
    assert {node.id for node in link(store)} == {"c"}
    assert ("fa01", "fc01") in relations(store)
    assert len(relations(store)) >= 2


def test_a_paper_that_comes_later_is_found_by_those_that_cite_it(store: NodeStore) -> None:
    put(store, "b", "Labels of frogs, seen again", FLAT, cites="Labelling frogs of Halmer Fen twice")
    link(store)
    put(store, "a", "Labelling frogs of Halmer Fen twice")
    link(store)
    papers = {paper.id: paper for paper in papers_of(store)}
    assert papers["b"].metadata["cites"] == [{"paper": "a", "references": ["r1"]}]


def test_a_changed_finding_loses_its_relations_wherever_they_were_kept(store: NodeStore) -> None:
    two(store)
    link(store)
    put(store, "a", "Labelling frogs of Halmer Fen twice", "The price of bread in town rose by 3%.", digest="2")
    link(store)
    assert relations(store) == {}


def test_a_branch_grown_anew_with_the_same_words_is_the_same(store: NodeStore) -> None:
    two(store)
    link(store)
    now = store.get(["a"])["a"]
    grown = msgspec.structs.replace(now, digest=unlinked_digest(now))  # as an ingest grows it, links taken over
    assert with_links(grown) == now
    changed = msgspec.structs.replace(now, digest="other")
    assert with_links(changed).digest == "other"
    assert not is_linked(changed)


def test_what_another_process_changes_meanwhile_is_not_overwritten(
    store: NodeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    two(store)
    find = "hierarchy.linking.relations_between"

    def meanwhile(*arguments: Any, **named: Any) -> list[Relation]:
        put(store, "a", "Labelling frogs of Halmer Fen twice", ROSE, AGREES, digest="2")
        return []

    with monkeypatch.context() as during:
        during.setattr(find, meanwhile)
        assert {node.id for node in link(store)} == {"b"}
    assert not is_linked(store.get(["a"])["a"])
    assert {node.id for node in link(store)} >= {"a"}
    assert ("fa02", "fb01") in relations(store)


class Says:
    """A judge that answers as it is told, or fails."""

    def __init__(self, answer: str) -> None:
        self.name, self.failed, self.asked, self._answer = "made/judge", False, 0, answer

    def __call__(self, relation: Relation, a: Node, b: Node) -> Relation | None:
        self.asked += 1
        if self._answer == "fails":
            self.failed = True
            return relation
        why = {"origin": self.name, "reason": "The same fen."}
        return msgspec.structs.replace(relation, **why) if self._answer == "agrees" else None


def test_a_judge_explains_or_drops_and_is_asked_once(store: NodeStore) -> None:
    two(store)
    agrees = Says("agrees")
    link(store, agrees)
    (kept,) = relations(store).values()
    assert (kept.origin, kept.reason, agrees.asked) == ("made/judge", "The same fen.", 1)
    assert link(store, agrees) == []
    put(store, "c", "Something else entirely", "The price of bread in town rose by 3% in a year.")
    link(store)  # without the judge, what it said stands
    assert next(iter(relations(store).values())).reason == "The same fen."


def test_a_judge_that_sees_none_drops_it_and_one_that_fails_is_asked_again(store: NodeStore) -> None:
    two(store)
    fails = Says("fails")
    link(store, fails)
    assert len(relations(store)) == 1
    drops = Says("drops")
    link(store, drops)
    assert drops.asked == 1
    assert relations(store) == {}


def test_a_removed_paper_leaves_no_tie_that_is_shown(store: NodeStore) -> None:
    two(store)
    link(store)
    store.delete(Eq("paper", "a"))
    link(store)
    assert relations(store) == {}


def test_an_empty_project_and_one_paper_have_nothing_to_tie(store: NodeStore) -> None:
    assert link(store) == []
    put(store, "a", "Labelling frogs twice", ROSE, AGREES)
    assert [node.id for node in link(store)] == ["a"]
    assert relations(store) == {}
