"""What the screens say, without a browser: hostile text, steps in words, sources, uploads, pages, conversations."""

from __future__ import annotations

import html
import io
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pymupdf
import pytest
from conftest import ROOT, Run
from hostile_pdfs import small_paper
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from hierarchy.conversations import Conversations, new_conversation
from hierarchy.errors import MismatchError, ReadError, UsageError
from hierarchy.positions import Span
from ingestion.pdf.picture import INK, mark
from ingestion.settings import IngestionSettings
from strata.assistant import Assistant
from strata.pictures import PagePictures
from strata.screens.launch import command
from strata.screens.safe import shown
from strata.screens.suggestions import suggestions
from strata.screens.uploads import DONE, FAILED, Uploads
from strata.screens.words import EXCERPT, answer_html, excerpt, nearest, papers_of_record, sources, step_line

SAMPLE = ROOT / "data" / "sample"

# Hostile text


@given(st.text(st.characters(exclude_categories=["C"]), max_size=200))
def test_shown_text_holds_nothing_that_markup_could_begin_with(text: str) -> None:
    safe = shown(text)
    assert not set(safe) & set("<>\"'`*_[](){}!|~$\\:=@/.-+^%?")
    assert html.unescape(safe).replace("\u2060", "") == text.replace("\u2060", "")


@pytest.mark.parametrize("hidden", ["\u202e", "\u200b", "\x00", "\x1b", "\ufeff"])
def test_what_is_not_seen_is_left_out(hidden: str) -> None:
    assert html.unescape(shown(f"a{hidden}b")) == "ab"


@pytest.mark.parametrize(
    "found",
    [":smile:", ":material/home:", "http://a", "HTTPS://a.b", "www.a.b", "me@a.org", "me+@a.b", "a -> b", "x <= y"],
)
def test_what_is_looked_for_in_text_later_is_broken(found: str) -> None:
    assert "\u2060" in shown(f"see {found} there")


def test_a_colon_alone_is_left_whole() -> None:
    assert "\u2060" not in shown("ratio 1:2, see: below - at noon")


# Answers in words


def record(text: str, *citations: tuple[str, str]) -> dict[str, Any]:
    spans = [{"page": 2, "box": [1, 2, 3, 4]}]
    found = [
        {"marker": n, "quote": quote, "title": title, "page": 2, "file": "a.pdf", "paper": f"p{n}", "spans": spans}
        for n, (quote, title) in enumerate(citations, 1)
    ]
    return {"text": text, "citations": found, "evidence": [], "status": "answered"}


def test_markers_become_links_and_brackets_in_a_quote_stay_text() -> None:
    quote = "Labels are weak [1] and few [2]."
    shown_html = answer_html(
        record(f"{quote} [1] Ducks call. [2]", (quote, 'A "title"'), ("Ducks call.", "B")), "turn7"
    )
    assert shown_html.count("<a ") == 2
    assert '<a href="#turn7-1" title="A &#34;title&#34;, page 2">[1]</a>' in shown_html.replace("&#44;", ",")
    assert html.unescape(shown_html).count("[2]") == 2


def test_markup_in_a_quote_is_text_in_the_answer() -> None:
    quote = "<img src=x onerror=alert(1)> ![x](http://e.org) $a$"
    shown_html = answer_html(record(f"{quote} [1]", (quote, "<b>T</b>")), "t")
    assert "<img" not in shown_html
    assert "<b>" not in shown_html
    assert quote in html.unescape(shown_html)


def test_lines_with_dashes_become_a_list() -> None:
    made = answer_html(
        record("- One: Ducks call. [1]\n- Two: Owls do. [2]", ("Ducks call.", "One"), ("Owls do.", "Two")), "t"
    )
    assert made.startswith("<ul><li>")
    assert made.count("<li>") == 2


def test_sources_know_their_pages_and_long_quotes_are_cut() -> None:
    (source,) = sources(record("Ducks call. [1]", ("Ducks call.", "One")))
    assert (source.name, source.pages, source.quote) == ("1", (2,), "Ducks call.")
    assert excerpt("word " * 200).endswith(" …")
    assert len(excerpt("word " * 200)) <= EXCERPT + 2
    assert excerpt("short") == "short"


def test_the_nearest_are_pieces_with_a_place_and_none_twice() -> None:
    span = {"page": 1, "box": [0, 0, 1, 1]}
    node = {"paper": "p", "paper_title": "T", "file": "a.pdf", "spans": [span]}
    evidence = [
        {**node, "level": "section", "text": "a section"},
        {**node, "level": "passage", "text": "Ducks call. Owls do not."},
        {**node, "level": "finding", "text": "Ducks call."},
        {**node, "level": "passage", "text": "Geese", "spans": []},
        {**node, "level": "finding", "text": "Rails do."},
    ]
    found = nearest({"evidence": evidence})
    assert [(s.name, s.quote) for s in found] == [("a", "Ducks call. Owls do not."), ("b", "Rails do.")]
    assert papers_of_record({"evidence": evidence, "citations": []}) == ["p"]


def test_every_step_of_an_answer_is_told_in_words(assistant: Callable[..., Assistant], tmp_path: Path) -> None:
    a = assistant("p")
    (tmp_path / "a.pdf").write_bytes(small_paper("Reed Beds", 30))
    a.ingest(tmp_path)
    lines = [step_line(event.data) for event in a.stream("How were the reeds counted?") if event.kind == "step"]
    said = " | ".join(line.label for line in lines)
    for what in ("Looked at the question", "Searched passages", "ranked their sentences", "Chose", "against the pages"):
        assert what in said


def test_suggestions_fit_what_is_there(assistant: Callable[..., Assistant]) -> None:
    a = assistant("p")
    assert suggestions([]) == []
    a.ingest([SAMPLE / "roof-meadows" / name for name in ("depth-and-retention.pdf", "watering-the-roof.pdf")])
    asked = suggestions(a.papers())
    assert asked == [
        "Which papers are about roofs?",
        "What did the paper “Watering the Roof: Irrigation, Cooling and Animal Life on Eight Planted Roofs” find?",
        "How were the data collected?",
    ]


# Pages


@pytest.fixture
def pictures() -> Any:
    made = PagePictures(IngestionSettings())
    yield made
    made.close()


def test_a_page_is_drawn_with_the_quotes_own_words_marked(
    assistant: Callable[..., Assistant], pictures: PagePictures
) -> None:
    a = assistant("p")
    path = SAMPLE / "wetland-calls" / "rain-contrastive-encoders.pdf"
    a.ingest(path)
    citation = a.ask("What macro F1 did the contrastive model reach in heavy rain?").citations[0]
    paper, page = a.paper(citation.paper), citation.page
    assert paper is not None
    assert page is not None
    whole = Image.open(io.BytesIO(pictures.draw(paper, page, citation.spans)))
    plain = Image.open(io.BytesIO(pictures.draw(paper, page, ())))
    assert whole.size == plain.size
    changed = np.argwhere((np.asarray(whole) != np.asarray(plain)).any(axis=2))
    with pymupdf.open(path) as pdf:
        scale = pdf[page - 1].rect.width / whole.width
        words = pdf[page - 1].get_text("words")
    under = [
        w[4]
        for w in words
        if np.any(
            (np.abs(changed[:, 1] * scale - (w[0] + w[2]) / 2) < 1)
            & (np.abs(changed[:, 0] * scale - (w[1] + w[3]) / 2) < 1)
        )
    ]
    letters = "".join(c for c in "".join(under) if c.isalnum())
    assert letters == "".join(c for c in citation.quote if c.isalnum())
    part = Image.open(io.BytesIO(pictures.draw(paper, page, citation.spans, around=50)))
    assert part.width == whole.width
    assert part.height < whole.height / 3


def test_a_pdf_that_is_gone_or_changed_or_too_short_is_told(
    assistant: Callable[..., Assistant], pictures: PagePictures, tmp_path: Path
) -> None:
    a = assistant("p")
    path = tmp_path / "a.pdf"
    path.write_bytes(small_paper("Reed Beds", 30))
    a.ingest(path)
    (paper,) = a.papers()
    assert pictures.draw(paper, 1, ()).startswith(b"\x89PNG")
    with pytest.raises(ReadError, match="no page 99"):
        pictures.draw(paper, 99, ())
    path.write_bytes(small_paper("Reed Beds", 31))
    with pytest.raises(UsageError, match="has changed") as changed:
        pictures.draw(paper, 1, ())
    assert changed.value.code == "file_changed"
    path.unlink()
    with pytest.raises(UsageError, match="no longer at") as gone:
        pictures.draw(paper, 1, [Span(1, (0, 0, 1, 1))])
    assert gone.value.code == "file_gone"


def test_pictures_for_many_short_lived_threads_come_from_one_warm_child(
    assistant: Callable[..., Assistant], pictures: PagePictures, tmp_path: Path
) -> None:
    a = assistant("p")
    (tmp_path / "a.pdf").write_bytes(small_paper("Reed Beds", 30))
    a.ingest(tmp_path)
    (paper,) = a.papers()
    children: list[int] = []
    for _ in range(3):
        thread = threading.Thread(target=pictures.draw, args=(paper, 1, ()))
        thread.start()
        thread.join()
        child = pictures._reader._child
        assert child is not None
        assert child.poll() is None
        children.append(child.pid)
    assert len(set(children)) == 1


def test_marks_that_overlap_or_leave_the_page_are_laid_once_and_inside() -> None:
    picture = np.full((20, 30, 3), 255, np.uint8)
    mark(picture, [(2, 2, 10, 10), (5, 5, 12, 12), (25, 15, 90, 90), (-50, -50, -40, -40)], 1.0)
    colours = {tuple(int(v) for v in pixel) for pixel in picture.reshape(-1, 3)}
    assert colours == {(255, 255, 255), INK}


# Uploads


def settled(uploads: Uploads, project: str) -> None:
    end = time.monotonic() + 120
    while uploads.busy(project):
        assert time.monotonic() < end
        time.sleep(0.02)


def test_uploads_are_kept_by_their_bytes_and_taken_in_and_failures_are_told(
    assistant: Callable[..., Assistant], tmp_path: Path
) -> None:
    uploads = Uploads(tmp_path / "files", assistant)
    good, same = small_paper("Reed Beds", 30), small_paper("Reed Beds", 30)
    given_files = [("a.pdf", good), ("broken.pdf", b"%PDF-1.7 cut"), ("../../b.pdf", same), ("empty.pdf", b"")]
    uploads.take("p", [(name, io.BytesIO(data)) for name, data in given_files])
    settled(uploads, "p")
    states = {u.name: (u.state, u.said) for u in uploads.of("P")}
    assert states["a.pdf"] == (DONE, "In.")
    assert states["b.pdf"][0] == DONE
    assert states["broken.pdf"][0] == states["empty.pdf"][0] == FAILED
    assert "empty" in states["empty.pdf"][1]
    assert all(u.path.is_relative_to(tmp_path / "files") for u in uploads.of("p"))
    assert len(assistant("p").papers()) == 1
    assert len(assistant("p").failures()) == 2
    uploads.dismiss("p")
    assert uploads.of("p") == []
    uploads.take("p", [("a.pdf", io.BytesIO(good))])
    settled(uploads, "p")
    assert [u.said for u in uploads.of("p")] == ["In."]


def test_more_files_than_are_told_of_are_all_taken_in_and_a_file_given_twice_is_told_twice(
    assistant: Callable[..., Assistant], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("strata.screens.uploads.MOST_KEPT", 3)
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    uploads = Uploads(tmp_path / "link" / "files", assistant)
    files = [(f"{n}.pdf", io.BytesIO(small_paper(f"Reed Beds {n}", 30))) for n in range(5)]
    uploads.take("p", [*files, ("0.pdf", io.BytesIO(small_paper("Reed Beds 0", 30)))])
    settled(uploads, "p")
    assert [(u.name, u.said) for u in uploads.of("p")] == [(f"{n}.pdf", "In.") for n in (0, 1, 2, 3, 4, 0)]
    assert len(assistant("p").papers()) == 5
    uploads.take("p", [("a" * 250 + ".pdf", io.BytesIO(small_paper("Reed Beds 9", 30)))])
    settled(uploads, "p")
    assert [u.said for u in uploads.of("p")][-1] == "In."
    assert len(uploads.of("p")) == 3


def test_what_waited_when_a_server_ended_is_taken_up_by_the_next(
    assistant: Callable[..., Assistant], tmp_path: Path
) -> None:
    asked = threading.Event()

    def never(project: str) -> Assistant:
        asked.set()
        threading.Event().wait()
        raise AssertionError

    first = Uploads(tmp_path / "files", never)
    first.take("p", [("a.pdf", io.BytesIO(small_paper("Reed Beds", 30)))])
    assert asked.wait(60)
    second = Uploads(tmp_path / "files", assistant)
    settled(second, "p")
    assert [(u.name, u.said) for u in second.of("p")] == [("a.pdf", "In.")]
    assert list((tmp_path / "files").glob("*.waiting")) == []
    assert list((tmp_path / "files").rglob("*.part")) == []


def test_a_kept_file_that_was_cut_is_written_again(assistant: Callable[..., Assistant], tmp_path: Path) -> None:
    uploads = Uploads(tmp_path / "files", assistant)
    whole = small_paper("Reed Beds", 30)
    uploads.take("p", [("a.pdf", io.BytesIO(whole))])
    settled(uploads, "p")
    (upload,) = uploads.of("p")
    upload.path.write_bytes(whole[:100])
    uploads.take("p", [("a.pdf", io.BytesIO(whole))])
    settled(uploads, "p")
    assert upload.path.read_bytes() == whole


def test_an_upload_that_cannot_be_stored_says_why_and_the_next_goes_on(
    assistant: Callable[..., Assistant], tmp_path: Path
) -> None:
    refusals = [UsageError("The store is away.", "Start it.")]

    def sometimes(project: str) -> Assistant:
        if refusals:
            raise refusals.pop()
        return assistant(project)

    uploads = Uploads(tmp_path / "files", sometimes)
    for name in ("a.pdf", "b.pdf"):
        uploads.take("p", [(name, io.BytesIO(small_paper(f"Reed Beds {name}", 30)))])
        settled(uploads, "p")
    assert [(u.state, u.said) for u in uploads.of("p")] == [(FAILED, "The store is away. Start it."), (DONE, "In.")]


# The server


def test_the_chat_is_served_to_this_machine_alone_and_tells_nobody() -> None:
    started = command(8765, 12)
    assert Path(started[started.index("run") + 1]) == ROOT / "app.py"
    for option in ("server.address=127.0.0.1", "server.port=8765", "server.maxUploadSize=12"):
        assert f"--{option}" in started
    assert "--browser.gatherUsageStats=false" in started
    assert "--client.showErrorDetails=none" in started


def test_a_port_or_a_project_that_does_not_fit_is_refused(here: Run) -> None:
    here("app", "--port", "0", "--json").refused("usage")
    here("app", "--project", "../x", "--json").refused("usage")


# Conversations


def test_a_conversation_is_kept_in_its_order_and_apart_from_others(tmp_path: Path) -> None:
    said = Conversations(tmp_path / "c.db")
    mine, other = new_conversation(), new_conversation()
    first = said.asked(mine, "p", "Why?")
    second = said.asked(mine, "P", "How?")
    said.asked(other, "p", "When?")
    said.answered(first, {"text": "Because."}, ["paper-1"])
    said.close()
    again = Conversations(tmp_path / "c.db")
    turns = again.turns(mine, "p")
    assert [(t.question, t.record) for t in turns] == [("Why?", {"text": "Because."}), ("How?", None)]
    again.forget_paper("p", "paper-1")
    assert [t.id for t in again.turns(mine, "p")] == [second]
    again.forget_turn(second)
    assert again.turns(mine, "p") == []
    again.forget_project("p")
    assert again.turns(other, "p") == []
    again.close()


def test_conversations_of_a_newer_version_are_refused(tmp_path: Path) -> None:
    said = Conversations(tmp_path / "c.db")
    said._connection.execute("PRAGMA user_version = 99")
    said.close()
    with pytest.raises(MismatchError, match="newer Strata"):
        Conversations(tmp_path / "c.db")


def test_removing_a_paper_or_a_project_removes_what_was_said_of_it(home: Path, here: Run, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(small_paper("Reed Beds", 30))
    here("ingest", tmp_path / "a.pdf", "--project", "p")
    paper = here("tree", "--project", "p", "--json").json["root"]["children"][0]["id"]
    said = Conversations(home / "conversations.db")
    for papers in ([paper], []):
        said.answered(said.asked("c", "p", "Why?"), {"text": "x"}, papers)
    here("remove", paper, "--project", "p", "--yes")
    assert len(said.turns("c", "p")) == 1
    here("remove", "--all", "--project", "p", "--yes")
    assert said.turns("c", "p") == []
    said.close()
