"""Questions for papers and for their number: lists that are complete or say that they are cut."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_answers import Made, ask, library

from hierarchy.quotes import stands
from hierarchy.store import NodeStore
from retrieval.answers.holding import Holding
from retrieval.answers.matter import Matter, bare, forms_of
from retrieval.answers.membership import members

OTTERS = Made(
    "otters",
    "Otters of the Lower Weir",
    {
        "abstract": "We counted otters along the lower weir for two winters.",
        "method": "Camera traps were placed at nine bridges. Each camera was checked every fortnight by two of us.",
    },
)
MARTENS = Made(
    "martens",
    "Pine Martens in Planted Woods",
    {
        "abstract": "Pine martens were followed in planted woods with collars.",
        "method": "We set camera traps on forty trees. The pictures were sorted by hand.",
    },
    metadata={"year": 2019},
)
MOSSES = Made(
    "mosses",
    "Mosses on Old Walls",
    {
        "abstract": "Mosses on old walls were mapped in three towns.",
        "method": "Every wall was searched with a hand lens. Samples were named in the laboratory.",
    },
    metadata={"year": 2021},
)
NEWTS = Made(
    "newts",
    "Newts in Village Ponds",
    {
        "abstract": "Newts in village ponds were netted at night.",
        "method": "Camera traps were not used, since newts are small. Nets were drawn through each pond three times.",
    },
)
PAPERS = (OTTERS, MARTENS, MOSSES, NEWTS)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> NodeStore:
    return library(tmp_path_factory.mktemp("lists"), PAPERS)


def files(answer: object) -> list[str]:
    return [c.paper for c in answer.citations]  # type: ignore[attr-defined]


def test_every_paper_that_holds_what_is_asked_is_listed_with_its_reason(store: NodeStore) -> None:
    answer = ask(store, "Which papers use camera traps?")
    assert {"otters", "martens"} <= set(files(answer))
    assert "mosses" not in files(answer)
    assert answer.text.splitlines()[0].endswith("of 4 papers:")
    assert "camera" in answer.citations[0].quote.lower()


def test_how_many_is_answered_with_a_number(store: NodeStore) -> None:
    answer = ask(store, "How many papers searched old walls?")
    assert answer.text.startswith("1 of 4 papers:")
    assert files(answer) == ["mosses"]


def test_endings_do_not_matter(store: NodeStore) -> None:
    assert ask(store, "Which papers deal with the mapping of a moss?").citations[0].paper == "mosses"


def test_a_list_that_is_whole_needs_no_note(store: NodeStore) -> None:
    answer = ask(store, "How many papers are there?")
    assert answer.text.startswith("4 papers:")
    assert sorted(files(answer)) == ["martens", "mosses", "newts", "otters"]
    assert answer.notes == ()


def test_a_list_that_is_cut_says_so(store: NodeStore) -> None:
    answer = ask(store, "List all papers.", listed=3)
    assert answer.text.startswith("4 papers, 3 shown:")
    assert len(answer.citations) == 3
    assert answer.notes == ("The list is cut: 1 more paper fits and is not shown.",)
    assert answer.notes[0] in str(answer)
    assert answer.status == "answered"


def test_a_scope_holds_for_lists_and_their_number(store: NodeStore) -> None:
    answer = ask(store, "How many papers use camera traps?", papers=["otters", "mosses"])
    assert answer.text.startswith("1 of 2 papers:")
    dated = ask(store, "How many papers are there? year:2019..2021")
    assert sorted(files(dated)) == ["martens", "mosses"]
    inside = ask(store, "How many papers use camera traps? in:method")
    assert "of 4 papers" in inside.text.splitlines()[0]


def test_one_paper_asked_for_is_one_paper(store: NodeStore) -> None:
    answer = ask(store, "Which paper followed pine martens with collars?")
    assert files(answer) == ["martens"]
    assert "of 4 papers" not in answer.text


def test_two_papers_of_one_title_are_told_apart(tmp_path: Path) -> None:
    twin = Made("otters-v2", OTTERS.title, OTTERS.sections)
    answer = ask(library(tmp_path, (OTTERS, twin, MOSSES)), "Which papers counted otters?")
    assert sorted(files(answer)) == ["otters", "otters-v2"]
    assert "(otters.pdf)" in answer.text
    assert "(otters-v2.pdf)" in answer.text


def test_what_nobody_tells_is_refused_and_so_is_an_empty_library(store: NodeStore, tmp_path: Path) -> None:
    assert ask(store, "Which papers study quantum entanglement?", least=0.5).status == "unanswerable"
    assert ask(library(tmp_path, ()), "Which papers use camera traps?").status == "unanswerable"


@pytest.mark.parametrize(
    "question", ["Quels articles ?", "otter", "**Which** [papers](http://x.y)?", "papers? " * 900, "' OR 1=1 --", "🦦"]
)
def test_odd_questions_are_answered_or_refused(store: NodeStore, question: str) -> None:
    if not any(c.isalnum() for c in question):
        return
    answer = ask(store, question)
    assert answer.status in ("answered", "partial", "unanswerable")
    assert bool(answer.citations) == (answer.status != "unanswerable")


@given(
    st.lists(
        st.sampled_from(
            [
                "which",
                "papers",
                "how",
                "many",
                "use",
                "camera",
                "traps",
                "otters",
                "walls",
                "or",
                "/",
                "and",
                "compare",
                "vs",
                "agree",
                "3",
            ]
        ),
        min_size=1,
        max_size=9,
    )
)
def test_every_quote_is_cited_verbatim_and_no_paper_is_listed_twice(store: NodeStore, words: list[str]) -> None:
    answer = ask(store, " ".join(["x", *words]))
    pages = {p.name: " ".join([p.title, *p.sections.values()]) for p in PAPERS}
    assert [c.marker for c in answer.citations] == list(range(1, len(answer.citations) + 1))
    for c in answer.citations:
        assert stands(c.quote, [pages[c.paper]])
        assert f"{c.quote} [{c.marker}]" in answer.text
    assert len(re.findall(r"\[\d+\]", answer.text)) == len(answer.citations)
    if "of 4 papers" in answer.text:
        assert len(set(files(answer))) == len(answer.citations)


# What a question asks about


def test_alternatives_are_told_apart_from_what_belongs_together() -> None:
    assert Matter.of("Which papers deal with irony, sarcasm or satire?").groups == (
        (("irony",),),
        (("sarcasm",), ("satire",)),
    )
    assert Matter.of("irony / sarcasm / satire").groups == ((("irony",), ("sarcasm",), ("satire",)),)
    assert Matter.of("How many papers are there?").groups == ()


@given(st.text(max_size=80))
def test_the_share_of_words_lies_between_none_and_all(question: str) -> None:
    matter = Matter.of(question)
    weight = dict.fromkeys(matter.words, 1.0)
    assert matter.share(lambda word: False, weight) == 0.0
    assert matter.share(lambda word: True, weight) == pytest.approx(1.0 if matter.groups else 0.0)
    assert all(matter.pattern().fullmatch(form) for word in matter.words for form in forms_of(word))


@given(st.text(max_size=60))
def test_every_character_keeps_its_place(text: str) -> None:
    assert len(bare(text)) == len(text)


@given(st.lists(st.tuples(*[st.floats(-1, 1)] * 2, *[st.floats(0, 1)] * 2), max_size=12), st.booleans())
def test_members_come_likeliest_first_and_once(rows: list[tuple[float, float, float, float]], single: bool) -> None:
    made = [
        Holding(f"paper {i}", near, abstract, said, passage, None)
        for i, (near, abstract, said, passage) in enumerate(rows)
    ]
    found = members(made, single=single)
    assert bool(found) == bool(made)
    assert len({m.holding.paper for m in found}) == len(found)
    assert [m.sure for m in found] == sorted((m.sure for m in found), reverse=True)
