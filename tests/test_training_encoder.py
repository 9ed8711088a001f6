"""What the evidence encoder is trained with: papers read, placeholders as printed, steps of several papers."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from strata.weights import TOKENIZER, checked
from training.encoder.batches import QUESTIONS, TEXTS, steps, tokenized
from training.encoder.data import FILES, Paper, Question, as_printed, held_out, read


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    loaded = Tokenizer.from_file(str(checked(TOKENIZER)))
    loaded.no_padding()
    loaded.no_truncation()
    return loaded


def paper(name: str, texts: int, questions: int, *, whole: bool = False) -> Paper:
    asked = tuple(Question(f"what does part {i} of {name} say", (i % texts,)) for i in range(questions))
    return Paper("made", name, tuple(f"Part {i} of {name} says so." for i in range(texts)), asked, whole)


def test_a_papers_placeholders_become_what_a_page_shows_the_same_throughout() -> None:
    shown = as_printed(random.Random(1))
    text = shown("As BIBREF3 and BIBREF4 show in Table TABREF2 (Section SECREF9), INLINEFORM0 grows. DISPLAYFORM1")
    assert "REF" not in text
    assert "FORM" not in text
    first, second = shown("BIBREF3"), shown("BIBREF4")
    assert text.startswith(f"As {first} and {second} show in Table ")
    assert shown("BIBREF3") == first


def test_papers_are_read_with_the_questions_that_have_an_answer(tmp_path: Path) -> None:
    for name in FILES:
        texts = {
            "source": name,
            "paper": f"{name}-1",
            "title": "",
            "full": name == "covidqa",
            "texts": ["One.", "Two."],
        }
        rows = [
            {"id": "a", "paper": f"{name}-1", "question": "Which?", "pos": [1]},
            {"id": "b", "paper": f"{name}-1", "question": "Whence?", "pos": []},
        ]
        (tmp_path / f"papers_{name}.jsonl").write_text(json.dumps(texts) + "\n")
        (tmp_path / f"questions_{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    papers = read(tmp_path)
    assert [p.source for p in papers] == list(FILES)
    assert all(p.questions == (Question("Which?", (1,)),) for p in papers)
    assert [p.whole for p in papers] == [False, False, True]


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="questions_"):
        read(tmp_path)


def test_about_a_tenth_of_the_papers_is_held_out_and_always_the_same() -> None:
    papers = [paper(f"p{i}", 1, 1) for i in range(1000)]
    out = [p.name for p in papers if held_out(p)]
    assert 60 < len(out) < 140
    assert out == [p.name for p in papers if held_out(p)]


def test_a_pass_asks_every_question_once_with_its_answers(tokenizer: Tokenizer) -> None:
    papers = [paper("alpha", 40, 15), paper("beta", 3, 3), paper("gamma", 1, 1)]
    done = list(steps(tokenized(papers, tokenizer), random.Random(0), 30, 0.0))
    assert sum(len(step.questions) for step in done) == 19
    for step in done:
        assert step.own.shape == step.answer.shape == (len(step.questions), len(step.texts))
        assert step.answer.any(axis=1).all()
        assert not (step.answer & ~step.own).any()
        assert (step.own.sum(axis=1) <= TEXTS).all()
        assert len(step.questions) <= 3 * QUESTIONS


def test_shortened_questions_keep_their_ends_and_the_weights_of_what_is_left(tokenizer: Tokenizer) -> None:
    papers = tokenized([paper("alpha", 6, 6), paper("beta", 6, 6)], tokenizer)
    known = {tuple(q.ids) for p in papers for q in p.questions}
    step = next(steps(papers, random.Random(2), 60, 0.4))
    assert any(tuple(ids) not in known for ids in step.questions)
    for ids, weights in zip(step.questions, step.rarity, strict=True):
        assert len(ids) == len(weights)
        assert (ids[0], ids[-1]) == (101, 102)
        assert weights[0] == weights[-1] == 0
        assert min(weights[1:-1]) > 0
