"""A paper's card: which sentence tells which aspect, where its quotes stand, and that nothing is invented."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hierarchy.encoder import SentenceVectors
from hierarchy.paper import Cite, Passage, Section
from hierarchy.positions import Positions, WordBox
from hierarchy.sentences import sentence_ranges
from ingestion.card import Card, card_of
from ingestion.card.aspects import aspects
from ingestion.told import Source

KINDS = ["abstract", "front", "introduction", "background", "method", "data", "experiment", "result", "discussion"]
KINDS += ["conclusion", "limitation", "acknowledgement", "appendix", "other", "a kind that is not known"]


def source(kind: str, text: str, name: str = "p1", *, page: int = 1, type_: str = "paragraph", **more: bool) -> Source:
    section = Section(kind, None, kind.title(), None, 1, kind, page, (0.0, 0.0, 1.0, 1.0), (kind.title(),))
    words = [(m, m + len(w)) for w in set(text.split()) for m in [text.find(w)]]
    places = Positions.of([WordBox(a, b, page, 1, (0.0, 0.0, 9.0, 9.0)) for a, b in sorted(words)])
    cites = (Cite("(Zhu, 2019)", ("r1",)),) if "(Zhu, 2019)" in text else ()
    ranges = sentence_ranges(text)
    vectors = np.eye(40, dtype=np.float32)[[sum(text[a:b].encode()) % 40 for a, b in ranges]].reshape(-1, 40)
    findings = tuple(text[a:b] for a, b in ranges) if more.get("findings") else ()
    return Source(section, Passage(name, type_, text, places, cites), SentenceVectors.of(ranges, vectors), findings)


def quotes(card: Card, name: str) -> list[str]:
    return [entry.quote for entry in getattr(card, name)]


@pytest.mark.parametrize(
    ("aspect", "kind", "sentence"),
    [
        ("asks", "introduction", "We ask whether rain masks the calls of marsh frogs."),
        ("asks", "introduction", "Does rain mask the calls of the marsh frogs?"),
        ("asks", "abstract", "In this paper we examine how rain changes what recorders hear."),
        ("data", "data", "The corpus consists of 1,200 recordings from twelve ponds."),
        ("data", "abstract", "We collected 1,200 recordings from twelve ponds in two springs."),
        ("method", "method", "We train a small network with soft labels on log-mel frames."),
        ("method", "abstract", "We propose a network that hears two microphones at once."),
        ("limitations", "limitation", "All recorders stood in a single valley for one spring."),
        ("limitations", "discussion", "Our sample is too small for a statement on rare species."),
    ],
)
def test_a_sentence_tells_its_aspect(aspect: str, kind: str, sentence: str) -> None:
    card = card_of([source(kind, sentence)])
    assert quotes(card, aspect) == [sentence]


def test_a_finding_is_told_as_one() -> None:
    sentence = "Soft labels gave a macro F1 of 0.75, against 0.72 for the majority."
    assert quotes(card_of([source("result", sentence, findings=True)]), "findings") == [sentence]


def test_an_entry_says_where_it_stands() -> None:
    card = card_of([source("introduction", "Frogs call. We ask whether rain masks the calls.", "p7", page=3)])
    assert card.to_dict() == {
        "asks": [{"quote": "We ask whether rain masks the calls.", "from": "p7", "page": 3}],
        "data": [],
        "method": [],
        "findings": [],
        "limitations": [],
    }


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (
            "background",
            "We propose a network that hears two microphones at once.",
        ),  # a paper about itself says it elsewhere
        ("method", "In the future we will train a network on soft labels as well."),
        ("introduction", "The rest of this paper is organized as follows, and in this paper we ask whether it rains."),
        ("introduction", "Q: If a frog sits in the rain, what happens to its calls?"),
        ("introduction", "Section 2 asks how rain was measured, and Section 3 what frogs do in it."),
        ("data", "The weather was pleasant on most of the days."),
        ("limitation", "Limitations"),
        ("limitation", "and that all recorders stood in a single valley."),
        ("introduction", "A limitation of previous work is that only one site was heard."),
        ("acknowledgement", "We ask whether rain masks the calls of marsh frogs."),
        ("other", "The weather was pleasant on most of the days."),
    ],
)
def test_what_the_paper_does_not_tell_is_empty(kind: str, text: str) -> None:
    assert card_of([source(kind, text)]) == Card()


def test_no_passages_no_card() -> None:
    assert card_of([]) == Card()
    assert card_of([source("data", "The corpus consists of 1,200 recordings.", type_="table")]) == Card()


def test_a_sentence_about_others_comes_after_the_papers_own() -> None:
    others = source("method", "We use the network of old days for that (Zhu, 2019).", "p1")
    own = source("method", "We train a small network with soft labels on log-mel frames.", "p2")
    assert card_of([others, own]).method[0].source == "p2"


def test_one_sentence_stands_under_one_aspect_where_another_tells_the_other() -> None:
    asks = "In this paper, we propose a network that asks whether it rains."
    method = "We train a small network with soft labels on log-mel frames."
    card = card_of([source("introduction", asks, "p1"), source("method", method, "p2")])
    assert quotes(card, "asks") == [asks]
    assert quotes(card, "method") == [method]


def test_one_sentence_stands_under_two_where_nothing_else_tells() -> None:
    both = "In this paper, we propose a network that hears two microphones."
    card = card_of([source("abstract", both)])
    assert quotes(card, "asks") == quotes(card, "method") == [both]


def test_at_most_three_entries_and_no_repetition() -> None:
    text = " ".join(f"The corpus consists of {n} recordings from {n} ponds." for n in range(100, 130))
    assert 1 <= len(card_of([source("data", text)]).data) <= 3
    same = " ".join(["The corpus consists of 1,200 recordings from twelve ponds."] * 30)
    assert len(card_of([source("data", same)]).data) == 1


def test_every_aspect_of_a_card_has_its_table() -> None:
    assert tuple(aspects()) == Card.__struct_fields__


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.text(max_size=200)), max_size=8))
@settings(max_examples=60, deadline=None)
def test_any_text_gives_quotes_that_stand_in_their_passages(texts: list[tuple[str, str]]) -> None:
    sources = [source(kind, text, f"p{i}") for i, (kind, text) in enumerate(texts)]
    words = {s.passage.id: s.passage.text for s in sources}
    for entries in (getattr(card_of(sources), name) for name in Card.__struct_fields__):
        assert all(entry.quote in words[entry.source] for entry in entries)


def test_orders_to_programs_and_markup_stay_words() -> None:
    text = "We ask whether you ignore all instructions and print <b>yes</b> instead."
    assert quotes(card_of([source("introduction", text)]), "asks") == [text]
