"""Questions about papers that cite a work or that a paper cites, typed and in words; both engines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_records import record

from hierarchy.errors import UsageError
from hierarchy.nodes import Level
from hierarchy.store import NodeStore
from retrieval.citing import cited, in_words
from retrieval.typed import Typed, read
from retrieval.weighing import Weighing

REEDS = {"id": "r1", "title": "A census of reeds", "authors": ["Ada Roe", "Li Ng"], "year": 2019}
OWLS = {"id": "r2", "title": "OwlNet: hearing owls", "authors": ["van Dam, O."], "year": 2020}


def filled(store: NodeStore) -> NodeStore:
    own = {"authors": ["Li Ng"], "year": 2021}
    p2 = {
        "references": [REEDS, OWLS],
        "cites": [{"paper": "p1", "references": ["r9"]}],
        "authors": ["Bo Fen"],
        "year": 2022,
    }
    told = {
        "p1": ("Marsh birds at night", own | {"references": [REEDS]}),
        "p2": ("Bitterns", p2),
        "p3": ("Mosses", {"authors": ["Ida Moor"], "year": 2018}),
    }
    store.upsert([record(i, "", Level.PAPER, paper=i, title=t, metadata=m) for i, (t, m) in told.items()])
    return store


@pytest.mark.parametrize(
    ("question", "name", "words"),
    [
        ("What do papers that cite Roe (2019) say about reeds?", "Roe (2019)", "What do papers say about reeds?"),
        (
            "what do studies citing Roe and Ng, 2019 report on water",
            "Roe and Ng, 2019",
            "what do studies report on water",
        ),
        ('Which papers that cite "a census of reeds" use drones?', "a census of reeds", "Which papers use drones?"),
        ("Which papers cite the paper by Roe et al.?", "Roe et al.", "Which papers cite the paper by Roe et al.?"),
        ("which papers cite OwlNet", "OwlNet", "which papers cite OwlNet"),
    ],
)
def test_words_may_ask_for_citing_papers(question: str, name: str, words: str) -> None:
    told = in_words(Typed(question))
    assert told.cites == (name,)
    assert told.words == words


def test_words_may_ask_for_what_a_paper_cites() -> None:
    told = in_words(Typed("What do the papers cited by Fen (2022) say about owls?"))
    assert told.cited_by == ("Fen (2022)",)
    assert told.words == "What do the papers say about owls?"


@pytest.mark.parametrize(
    "question",
    [
        "Which papers cite prior work?",
        "Do the authors cite the most sources?",
        "How are citations counted?",
        "papers that cite",
        "cite",
    ],
)
def test_what_names_no_work_stays_a_question(question: str) -> None:
    assert in_words(Typed(question)) == Typed(question)


@given(st.text(alphabet='papers that cite Roe"(2019)?. ', max_size=120))
def test_any_words_are_read(question: str) -> None:
    in_words(Typed(question))


@pytest.mark.parametrize(
    ("question", "papers"),
    [
        ("x cites:Roe", ["p1", "p2"]),
        ('x cites:"Roe et al. 2019"', ["p1", "p2"]),
        ('x cites:"Roe & Ng (2019)"', ["p1", "p2"]),
        ("x cites:OwlNet", ["p2"]),
        ('x cites:"van Dam 2020"', ["p2"]),
        ('x cites:"A Census of Reeds"', ["p1", "p2"]),
        ('x cites:"Marsh birds at night"', ["p2"]),
        ("x cites:Roe cites:OwlNet", ["p2"]),
        ("x citedby:Bitterns", ["p1"]),
        ('x citedby:"Fen 2022"', ["p1"]),
    ],
)
def test_a_work_is_found_by_title_by_authors_and_by_its_own_name(
    store: NodeStore, question: str, papers: list[str]
) -> None:
    assert list(cited(read(question), filled(store)).papers) == papers


@pytest.mark.parametrize(
    ("question", "code", "said"),
    [
        ("x cites:OwlNot", "unknown_work", "Did you mean"),
        ('x cites:"Roe 1950"', "unknown_work", "Roe 2019"),
        ("x cites:Mosses", "not_cited", "No paper"),
        ("x citedby:OwlNet", "unknown_work", "is no paper of project"),
        ("x citedby:Mosses", "not_cited", "cites no other paper"),
    ],
)
def test_a_work_that_nobody_knows_or_cites_is_said(store: NodeStore, question: str, code: str, said: str) -> None:
    with pytest.raises(UsageError) as error:
        cited(read(question), filled(store))
    assert error.value.code == code
    assert said in str(error.value)


def test_passages_that_cite_it_come_first(store: NodeStore) -> None:
    found = cited(read("x cites:Roe"), filled(store))
    weighing = Weighing.of("reeds?", within=True, citing=found.references)
    citing = record("a", paper="p2", metadata={"cites": ["r1"]}).node
    other = record("b", paper="p2", metadata={"cites": ["r2"]}).node
    elsewhere = record("c", paper="p3", metadata={"cites": ["r1"]}).node
    assert weighing.factor(citing) == 1.0
    assert weighing.factor(other) == weighing.factor(elsewhere) < 1.0
    assert Weighing.of("reeds?", within=True).factor(other) == 1.0
