"""The pages of papers, contradictions and themes without a browser (Streamlit's AppTest)."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import pytest
from conftest import ROOT, Run
from hostile_knowledge import CONDITION, REASON, SENTENCES, TITLES, take_hostile_pair
from hostile_pdfs import small_paper
from streamlit.testing.v1 import AppTest

from ingestion.settings import IngestionSettings
from strata.assistant import Assistant
from strata.minilm import MiniLM
from strata.screens import library as library_page
from strata.screens import pairs as pairs_page
from strata.screens.frame import shared_desk
from strata.screens.safe import shown
from strata.settings import Settings

SAMPLE = ROOT / "data" / "sample" / "wetland-calls"
SOFT, ANNOTATORS = "soft-labels-three-archives.pdf", "annotator-agreement-frog-choruses.pdf"
QUESTION = "What macro F1 did soft labels give against the majority vote?"
Open = Callable[..., AppTest]


@pytest.fixture(scope="module")
def library(
    make_home: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory, run_in: Run, encoder: MiniLM
) -> Path:
    """A home with papers that contradict each other ("frogs"), hostile ones ("hostile") and a lonely one ("one")."""
    folder = tmp_path_factory.mktemp("knowledge")
    home = make_home(folder / "home")
    assert run_in(home, "ingest", SAMPLE / SOFT, SAMPLE / ANNOTATORS, "--project", "frogs").code == 0
    (folder / "reeds.pdf").write_bytes(small_paper("Reed Beds", 30))
    assert run_in(home, "ingest", folder / "reeds.pdf", "--project", "one").code == 0
    settings = Settings(home=home, ingestion=IngestionSettings(layout="never"))
    with Assistant("hostile", settings, encoder=encoder) as assistant:
        take_hostile_pair(assistant, folder / "hostile")
    return home


@pytest.fixture
def app(library: Path, encoder: MiniLM) -> Iterator[Open]:
    """Opens a page of the chat with an address: `app("papers", project="frogs")`."""
    shared_desk.clear()
    variables = {k: v for k, v in os.environ.items() if not k.startswith("STRATA_")}
    there = variables | {"STRATA_HOME": str(library), "STRATA_PROJECT": "frogs"}

    def opened(name: str = "", **address: str) -> AppTest:
        page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        for key, value in address.items():
            page.query_params[key] = value
        return go(page.run(), name) if name else page.run()

    with (
        mock.patch.dict(os.environ, there, clear=True),
        mock.patch("strata.screens.desk.build_encoder", return_value=encoder),
    ):
        yield opened
    shared_desk.clear()


def go(page: AppTest, name: str) -> AppTest:
    """Goes to a page by its address; AppTest's own `switch_page` knows only pages that are files."""
    pages = page._registered_pages.items()
    page._page_hash = next(key for key, info in pages if info.get("url_pathname") == name)
    return page.run()


def unfold(page: AppTest, key: str) -> AppTest:
    """Opens what can be folded."""
    page.session_state[key] = True
    return page.run()


def texts(page: AppTest) -> str:
    """All that the page says."""
    kinds = (page.markdown, page.text, page.title, page.header, page.caption, page.error, page.warning, page.info)
    said = [str(element.value) for kind in kinds for element in kind]
    said += [str(element.proto.body) for element in page.get("html")]
    said += [expander.label for expander in page.expander]
    return "\n".join(said)


def papers_in(library: Path, project: str, encoder: MiniLM) -> dict[str, str]:
    """The ids of a project's papers by their files."""
    with Assistant(project, Settings(home=library), encoder=encoder) as assistant:
        return {str(paper.file): paper.id for paper in assistant.papers()}


def test_each_title_of_the_papers_opens_its_card(app: Open, library: Path, encoder: MiniLM) -> None:
    page = app("papers")
    assert not page.exception
    assert [title.value for title in page.title] == ["Papers"]
    assert "2 papers in frogs" in texts(page)
    assert len(page.expander) == 2
    assert "What it asks" not in texts(page)
    page = unfold(page, f"title-{papers_in(library, 'frogs', encoder)[SOFT]}")
    assert not page.exception
    for heading in ("What it asks", "Data", "Method", "Main findings", "Limitations"):
        assert f"**{heading}**" in texts(page)
    assert shown(SOFT) in texts(page)
    with Assistant("frogs", Settings(home=library), encoder=encoder) as assistant:
        card = assistant.card(SOFT)
    quotes = [said.quote for aspect in card.aspects.values() for said in aspect]
    assert quotes
    assert all(shown(quote, html=True) in texts(page) for quote in quotes)
    assert "older rules" not in texts(page)


def test_a_card_of_a_paper_that_tells_little_says_so(app: Open, library: Path, encoder: MiniLM) -> None:
    page = unfold(app("papers", project="one"), f"title-{papers_in(library, 'one', encoder)['reeds.pdf']}")
    assert not page.exception
    assert "The paper does not tell." in [caption.value for caption in page.caption]


def test_a_card_by_older_rules_is_marked(app: Open, library: Path, encoder: MiniLM) -> None:
    with mock.patch("strata.cards.RULES", "rules of tomorrow"):
        page = unfold(app("papers", project="one"), f"title-{papers_in(library, 'one', encoder)['reeds.pdf']}")
    assert ["older rules" in info.value for info in page.info] == [True]


def test_the_page_of_a_cards_quote_is_a_picture_of_it(app: Open, library: Path, encoder: MiniLM) -> None:
    paper = papers_in(library, "frogs", encoder)[SOFT]
    page = unfold(app("papers"), f"title-{paper}")
    page = unfold(page, f"page-of-{paper}-findings-0")
    assert not page.exception
    (picture,) = page.get("image")
    assert "with the quote marked" in picture.proto.imgs[0].alt


def test_papers_are_found_by_their_words_and_come_in_parts(app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library_page, "FEW", 1)
    page = app("papers")
    page.text_input[0].set_value("ARCHIVES soft").run()
    assert [("Archives" in box.label) for box in page.expander] == [True]
    page.text_input[0].set_value("whales").run()
    assert not page.expander
    assert "No paper here has these words" in texts(page)
    monkeypatch.setattr(library_page, "AT_ONCE", 1)
    page = app("papers")
    assert len(page.expander) == 1
    next(button for button in page.button if button.label == "Show 1 more").click().run()
    assert len(page.expander) == 2


def test_the_title_of_a_source_opens_the_papers_card(app: Open) -> None:
    page = app(chat="card")
    page.chat_input[0].set_value(QUESTION).run()
    assert not page.exception
    turn = re.search(r'<blockquote id="turn(\d+)', texts(page))
    assert turn is not None
    assert "What it asks" not in texts(page)
    page = unfold(page, f"title-turn{turn[1]}-1")
    assert not page.exception
    assert "**What it asks**" in texts(page)


def test_contradictions_stand_first_and_agreements_behind_a_switch(app: Open, library: Path, encoder: MiniLM) -> None:
    page = app("contradictions")
    assert not page.exception
    with Assistant("frogs", Settings(home=library), encoder=encoder) as assistant:
        relations = assistant.relations()
    against, along = relations.of("contradicts"), relations.of("supports")
    assert against
    assert along
    for pair in list(against)[: pairs_page.AT_ONCE]:
        for node in (pair.a, pair.b):
            assert node.finding is not None
            assert shown(node.finding.quote[:60], html=True) in texts(page)
    assert "2022, page" in texts(page)
    assert "2024, page" in texts(page)
    assert "Conditions that differ: " in texts(page)
    assert not page.header or "Agreements" not in [header.value for header in page.header]
    before = len(page.expander)
    page.toggle[0].set_value(True).run()
    assert "Agreements" in [header.value for header in page.header]
    assert len(page.expander) > before


def test_many_pairs_come_in_parts(app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs_page, "AT_ONCE", 1)
    page = app("contradictions")
    assert len(page.expander) == 4  # title and page of both sides
    next(button for button in page.button if button.label == "Show 1 more").click().run()
    assert len(page.expander) == 8


def test_both_sides_of_a_pair_can_be_looked_at_on_their_pages(app: Open, library: Path, encoder: MiniLM) -> None:
    with Assistant("frogs", Settings(home=library), encoder=encoder) as assistant:
        first = next(iter(assistant.relations().of("contradicts")))
    page = app("contradictions")
    for side in "ab":
        page = unfold(page, f"page-against-0-{first.a.id}-{first.b.id}-{side}")
    assert not page.exception
    assert ["with the quote marked" in picture.proto.imgs[0].alt for picture in page.get("image")] == [True, True]


def test_themes_tell_papers_findings_and_where_they_disagree(app: Open, library: Path, encoder: MiniLM) -> None:
    page = app("themes")
    assert not page.exception
    with Assistant("frogs", Settings(home=library), encoder=encoder) as assistant:
        (theme,) = assistant.themes()
    assert [header.value.casefold() for header in page.main.header] == [shown(theme.label).casefold()]
    assert f"2 papers, {len(theme.agreed)} agreed, {len(theme.disputed)} disputed" in texts(page)
    labels = [box.label for box in page.expander]
    assert f"Main findings ({len(theme.findings)})" in labels
    assert f"Disputed ({len(theme.disputed)})" in labels
    page = unfold(unfold(page, "findings-theme0"), "Disputed-theme0")
    assert not page.exception
    assert "Conditions that differ: " in texts(page)


@pytest.mark.parametrize("name", ["papers", "contradictions", "themes"])
def test_a_project_without_papers_says_so(app: Open, name: str) -> None:
    page = app(name, project="brand-new")
    assert not page.exception
    assert not page.error
    assert "has no papers yet" in texts(page)
    assert not page.expander


def test_one_paper_contradicts_nobody(app: Open) -> None:
    page = app("contradictions", project="one")
    assert not page.exception
    assert "it takes two to contradict each other" in texts(page)


def test_papers_without_contradictions_say_so(app: Open) -> None:
    with mock.patch("strata.looking.relations_in") as none:
        none.return_value.of.return_value = ()
        page = app("contradictions")
    assert not page.exception
    assert "No two findings of different papers in frogs contradict each other" in texts(page)


def test_hostile_words_of_papers_and_models_stay_words(app: Open, library: Path, encoder: MiniLM) -> None:
    page = app("contradictions", project="hostile")
    assert not page.exception
    for words in (*TITLES, REASON, CONDITION, "judge <b>bold</b>"):
        assert shown(words) in texts(page)
    for words in SENTENCES:
        assert shown(words, html=True) in texts(page)
    pages = [page, app("themes", project="hostile"), app("papers", project="hostile")]
    pages[1] = unfold(unfold(pages[1], "findings-theme0"), "Disputed-theme0")
    for paper in papers_in(library, "hostile", encoder).values():
        pages[2] = unfold(pages[2], f"title-{paper}")
    for drawn in pages:
        assert not drawn.exception
        assert not any(mark in texts(drawn) for mark in ("<img", "<script", "<b>", "![", "](http", "$x"))


def test_the_ways_to_the_pages_keep_project_and_conversation(app: Open) -> None:
    page = app("papers", project="one", chat="kept")
    links = [link.proto for link in page.sidebar.get("page_link")]
    assert [link.label for link in links] == ["Chat", "Papers", "Contradictions", "Themes"]
    assert {link.query_string for link in links} == {"project=one&chat=kept"}


def test_a_broken_store_is_a_sentence_on_every_page(app: Open, library: Path) -> None:
    store = library / "projects" / "one.db"
    whole = store.read_bytes()
    store.write_bytes(b"this is no database at all, whatever its name says" * 100)
    try:
        for name in ("papers", "contradictions", "themes"):
            page = app(name, project="one")
            assert not page.exception
            assert page.error
    finally:
        store.write_bytes(whole)
