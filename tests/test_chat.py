"""The chat's flow without a browser (Streamlit's AppTest): projects, questions, answers, refusals, interruptions."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import pytest
from conftest import ROOT, Run
from hostile_pdfs import small_paper
from streamlit.testing.v1 import AppTest

from hierarchy.conversations import Conversations
from strata.minilm import MiniLM
from strata.screens.frame import shared_desk
from strata.screens.turns import STOPPED

SAMPLE = ROOT / "data" / "sample" / "wetland-calls"
ANSWERED = "What macro F1 did the contrastive model reach in heavy rain?"


@pytest.fixture(scope="module")
def library(make_home: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory, run_in: Run) -> Path:
    """A home with two papers in the project "frogs", one of which will be removed by nobody."""
    home = make_home(tmp_path_factory.mktemp("library") / "home")
    files = [SAMPLE / "rain-contrastive-encoders.pdf", SAMPLE / "edge-recognition-battery-life.pdf"]
    assert run_in(home, "ingest", *files, "--project", "frogs").code == 0
    return home


@pytest.fixture
def app(library: Path, encoder: MiniLM) -> Iterator[Callable[..., AppTest]]:
    """Opens the page, with an address: `app(chat="x")`."""
    shared_desk.clear()
    variables = {k: v for k, v in os.environ.items() if not k.startswith("STRATA_")}
    there = variables | {"STRATA_HOME": str(library), "STRATA_PROJECT": "frogs"}

    def opened(**address: str) -> AppTest:
        page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        for name, value in address.items():
            page.query_params[name] = value
        return page.run()

    with (
        mock.patch.dict(os.environ, there, clear=True),
        mock.patch("strata.screens.desk.build_encoder", return_value=encoder),
    ):
        yield opened
    shared_desk.clear()


def texts(page: AppTest) -> str:
    """All that the page says."""
    kinds = (page.markdown, page.text, page.title, page.header, page.caption, page.error, page.warning, page.info)
    said = [str(element.value) for kind in kinds for element in kind]
    said += [str(element.proto.body) for element in page.get("html")]
    return "\n".join(said).replace("&#46;", ".").replace("&#45;", "-")


def test_an_empty_chat_says_what_is_there_and_suggests_questions(app: Callable[..., AppTest]) -> None:
    page = app()
    assert not page.exception
    assert [title.value for title in page.title] == ["frogs"]
    assert "2 papers" in texts(page)
    labels = [button.label for button in page.button]
    assert any("How were the data collected" in label for label in labels)


def test_a_question_is_answered_with_sources_and_kept_over_a_reload(app: Callable[..., AppTest]) -> None:
    page = app(chat="kept")
    page.chat_input[0].set_value(ANSWERED).run()
    assert not page.exception
    assert "0.37 and the model from scratch 0.38" in texts(page)
    assert "rain-contrastive-encoders.pdf, page 2" in texts(page)
    again = app(chat="kept")
    assert "0.37 and the model from scratch 0.38" in texts(again)
    assert "2 papers" not in texts(again)
    assert "0.37" not in texts(app(chat="another"))


def test_a_question_without_an_answer_looks_different_and_shows_the_nearest(app: Callable[..., AppTest]) -> None:
    page = app()
    page.chat_input[0].set_value("How well are the songs of whales detected?").run()
    assert [warning.value for warning in page.warning] == [
        "**The papers do not tell.** Nothing in them answers this question."
    ]
    assert "The nearest there is" in [header.value for header in page.header]


def test_what_was_read_otherwise_is_said_and_kept(app: Callable[..., AppTest]) -> None:
    page = app(chat="slip")
    page.chat_input[0].set_value("How was the encoder pretraned?").run()
    assert not page.exception
    for seen in (page, app(chat="slip")):
        assert any("Read" in note.value and "pretraned" in note.value for note in seen.caption)


def test_a_suggestion_is_asked_when_it_is_chosen(app: Callable[..., AppTest]) -> None:
    page = app()
    page.button(key="suggestion-0").click().run()
    assert not page.exception
    assert len(page.chat_message) == 2


def test_what_a_person_types_is_shown_as_typed(app: Callable[..., AppTest]) -> None:
    page = app()
    typed = "<img src=x onerror=alert(1)> ![a](http://e.org/a.png) **what** F1 in $rain$?"
    page.chat_input[0].set_value(typed).run()
    assert not page.exception
    assert next(text.value for text in page.text) == typed


def test_an_answer_that_was_cut_off_says_so_and_can_be_asked_again(app: Callable[..., AppTest], library: Path) -> None:
    said = Conversations(library / "conversations.db")
    said.asked("cut", "frogs", ANSWERED)
    said.close()
    page = app(chat="cut")
    assert [info.value for info in page.info] == [STOPPED.replace(".", "&#46;")]
    next(button for button in page.button if button.label == "Ask again").click().run()
    assert "0.37 and the model from scratch 0.38" in texts(page)
    assert len(app(chat="cut").chat_message) == 2


def test_an_error_is_a_sentence_in_its_place_and_stays(app: Callable[..., AppTest], library: Path) -> None:
    page = app(chat="err")
    page.chat_input[0].set_value("   ").run()
    assert not page.exception
    (error,) = page.error
    assert "question" in error.value
    assert len(app(chat="err").error) == 1


def test_a_project_that_is_not_there_yet_asks_for_papers(app: Callable[..., AppTest]) -> None:
    page = app(project="brand-new")
    assert not page.exception
    assert "has no papers yet" in texts(page)
    page.chat_input[0].set_value("What is known?").run()
    assert not page.exception
    assert page.error


def test_a_store_that_is_locked_away_is_told_in_place(
    app: Callable[..., AppTest], library: Path, tmp_path: Path, run_in: Run
) -> None:
    (tmp_path / "a.pdf").write_bytes(small_paper("Reed Beds", 30))
    run_in(library, "ingest", tmp_path / "a.pdf", "--project", "doomed")
    page = app(project="doomed")
    assert "1 paper." in texts(page)
    store = library / "projects" / "doomed.db"
    whole = store.read_bytes()
    for suffix in ("-wal", "-shm"):
        store.with_name(store.name + suffix).unlink(missing_ok=True)
    store.write_bytes(b"this is no database at all, whatever its name says" * 100)
    page.chat_input[0].set_value("How were the reeds counted?").run()
    assert not page.exception
    assert page.error
    store.write_bytes(whole)
    run_in(library, "remove", "--all", "--project", "doomed", "--yes")
    page.chat_input[0].set_value("How were the reeds counted?").run()
    assert not page.exception
    assert page.error


def test_a_name_that_fits_no_project_and_a_broken_journal_are_sentences(
    app: Callable[..., AppTest], library: Path
) -> None:
    page = app(project="a b")
    assert not page.exception
    assert page.error
    assert page.chat_input
    journal = library / "journal.db"
    whole = journal.read_bytes()
    journal.write_bytes(b"no database" * 1000)
    try:
        page = app()
        assert not page.exception
        assert page.error
    finally:
        journal.write_bytes(whole)


def test_a_server_that_is_away_is_told_in_place_and_can_be_tried_again(
    app: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRATA_WEAVIATE_URL", "http://127.0.0.1:9")
    page = app()
    assert not page.exception
    assert "No Weaviate answers at" in page.error[0].value
    assert [button.label for button in page.button] == ["Try again"]


def test_a_project_that_was_set_is_not_swapped_for_another(
    app: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRATA_PROJECT", "not-there-yet")
    assert "has no papers yet" in texts(app())
    monkeypatch.delenv("STRATA_PROJECT")
    shared_desk.clear()
    assert [title.value for title in app().title] == ["frogs"]


def test_a_long_conversation_shows_its_end_and_all_of_it_when_asked(app: Callable[..., AppTest], library: Path) -> None:
    said = Conversations(library / "conversations.db")
    for number in range(12):
        record = {"schema": 1, "error": {"code": "x", "message": f"Number {number}.", "hint": ""}}
        said.answered(said.asked("long", "frogs", f"Question {number}?"), record)
    said.close()
    page = app(chat="long")
    assert [text.value for text in page.text] == [f"Question {number}?" for number in range(4, 12)]
    page.checkbox[0].check().run()
    assert len(page.text) == 12


def test_two_windows_do_not_mix(app: Callable[..., AppTest]) -> None:
    one, two = app(chat="one"), app(chat="two")
    one.chat_input[0].set_value(ANSWERED).run()
    two.chat_input[0].set_value("How many days did the battery last with the distilled network?").run()
    assert "29.8" in texts(two)
    assert "29.8" not in texts(one)
    assert "0.37 and the model from scratch 0.38" not in texts(two)
