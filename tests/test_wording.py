"""How a question is understood: words that nothing holds, and abbreviations that papers define. Both engines."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pdfs import PaperMaker, prose
from store_records import record

from hierarchy.filters import In
from hierarchy.nodes import Level
from hierarchy.store import NodeStore
from retrieval.abbreviations import definitions, meant
from retrieval.spelling import mended, misspelled
from strata.assistant import Assistant
from strata.minilm import MiniLM

TEXTS = (
    "We train with masked language modelling (MLM) and a contrastive objective on annotations.",
    "Masked language modeling (MLM) beats a causal loss; the annotations are ours.",
    "The model loses MLM when the learning rate of the warmup is high.",
)


def filled(store: NodeStore) -> NodeStore:
    titles = ("Contrastive learning of annotations", "Masked losses and annotations", "Warmups")
    store.upsert([record(f"n{i}", text, paper=f"p{i}", title="Method") for i, text in enumerate(TEXTS)])
    papers = enumerate(titles)
    store.upsert([record(f"p{i}", "", Level.PAPER, paper=f"p{i}", title=title) for i, title in papers])
    return store


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("a hidden Markov model (HMM) was", [("HMM", "hidden Markov model")]),
        ("HMM (hidden Markov model) was", [("HMM", "hidden Markov model")]),
        ("convolutional neural networks (CNNs)", [("CNNs", "convolutional neural networks")]),
        ("named-entity recognition (NER; see below)", [("NER", "named-entity recognition")]),
        ("heat shock transcription factor (HSF)", [("HSF", "heat shock transcription factor")]),
        ("as others did (Roe, 2019) and (2) said", []),
        ("in our corpus (see Table 3)", []),
        ("the best of all (BOX)", []),
        ("MLM (it is)", []),
        ("() ( ) ((HMM)) (", []),
    ],
)
def test_definitions_are_read_as_schwartz_and_hearst_do(text: str, pairs: list[tuple[str, str]]) -> None:
    assert list(definitions(text)) == pairs


@given(st.text(alphabet="aAbBmM() -.,'é", max_size=80))
def test_any_text_may_be_read_for_definitions(text: str) -> None:
    for short, long in definitions(text):
        assert short in text
        assert len(long) > len(short)


def test_either_form_brings_the_other(store: NodeStore) -> None:
    filled(store)
    (added,) = meant("does MLM help?", store, None).items()
    assert added[0] == "MLM"
    assert added[1].startswith("masked language model")
    assert meant("does mlm help?", store, None)
    assert meant("does masked language modelling help?", store, None) == {"masked language modelling": "mlm"}
    assert meant("does MLM, masked language modelling, help?", store, None) == {}
    assert meant("what was annotated, and by whom?", store, None) == {}
    assert meant("what is an XQZ?", store, None) == {}


def test_definitions_come_from_the_scope_alone(store: NodeStore) -> None:
    filled(store)
    assert meant("does MLM help?", store, In("paper", ("p2",))) == {}
    assert meant("does MLM help?", store, In("paper", ("p0",))) == {"MLM": "masked language modelling"}


def test_a_slip_is_read_as_the_word_that_papers_hold(store: NodeStore, encoder: MiniLM) -> None:
    filled(store)
    question = "What are the anotations of contrastve learning?"
    read = misspelled(question, store, None, encoder)
    assert read == {"anotations": "annotations", "contrastve": "contrastive"}
    assert mended(question, read) == "What are the annotations of contrastive learning?"


@pytest.mark.parametrize(
    "question",
    [
        "What are the annotations of contrastive learning?",  # all known
        "What do voles eat?",  # short, and nothing near
        "How were the starlings counted?",  # unknown, and nothing near
        "How does ANOTATIONS work?",  # an abbreviation
        "Wie werden die Anotationen der Modelle gelernt und verwendet?",  # another language
        "?",
        "",
    ],
)
def test_what_is_known_or_has_nothing_near_stays(question: str, store: NodeStore, encoder: MiniLM) -> None:
    assert misspelled(question, filled(store), None, encoder) == {}


def test_a_word_is_read_as_one_of_the_scope(store: NodeStore, encoder: MiniLM) -> None:
    filled(store)
    assert misspelled("a contrastve loss", store, In("paper", ("p0",)), encoder)
    assert not misspelled("a contrastve loss", store, In("paper", ("p2",)), encoder)


def test_long_and_odd_questions_are_read(store: NodeStore, encoder: MiniLM) -> None:
    filled(store)
    for question in (
        "MLM " * 3_000,
        '"a" OR b* NEAR(c) -- (MLM) ^ {x}',
        "**MLM** `x` [y](z)",
        "\u202eMLM \x00",
        "数据",
    ):
        meant(question, store, None)
        misspelled(question, store, None, encoder)


def test_the_trace_and_the_notes_tell_of_it_and_a_plain_question_has_neither(
    tmp_path: Path, assistant: Callable[..., Assistant]
) -> None:
    text = "We trained with masked language modelling (MLM). The annotations were made by two readers in a quiet room. "
    maker = PaperMaker(1)
    maker.title("Annotations of reeds", ["Ada Fenwick"])
    maker.heading("Methods")
    maker.paragraph(text)
    maker.paragraph(prose(3, 8))
    a = assistant("papers")
    a.ingest(maker.save(tmp_path / "one.pdf"))
    answer = a.ask("Who made the anotations?")
    assert answer.notes == ("Read 'anotations' as 'annotations'.",)
    assert answer.question == "Who made the anotations?"
    assert answer.citations
    steps = {step["name"]: step for step in a.trace(str(answer.trace))["steps"]}
    assert steps["spelling"]["found"] == {"read": {"anotations": "annotations"}}
    found = a.search("what is MLM?")
    assert found.notes == ()
    steps = {step["name"]: step for step in a.trace(str(found.trace))["steps"]}
    assert steps["abbreviations"]["found"] == {"added": {"MLM": "masked language modelling"}}
    plain = a.search("Who made the annotations?")
    assert not {"spelling", "abbreviations"} & {s["name"] for s in a.trace(str(plain.trace))["steps"]}
