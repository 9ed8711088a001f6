"""Papers without a PDF in the chat, without a browser: an answer's sources, the paper's card, hostile titles."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import pytest
from conftest import ROOT, Run
from streamlit.testing.v1 import AppTest

from strata.minilm import MiniLM
from strata.screens.frame import shared_desk

TITLE = "On the growth of <img src=x onerror=alert(1)> reeds ![x](http://e.x/y.png)"
FOUND = "Reeds of the northern plot grew by 12% in a year, which is more than before."


@pytest.fixture
def chat(home: Path, encoder: MiniLM, run_in: Run, tmp_path: Path) -> Iterator[Callable[[], AppTest]]:
    """Opens the chat on a project of one entry."""
    entry = {"id": "fenwick2020", "title": TITLE, "abstract": f"We measured reeds. {FOUND}", "issued": {"raw": "2020"}}
    (tmp_path / "refs.json").write_text(json.dumps([entry]))
    assert run_in(home, "ingest", tmp_path / "refs.json", "--project", "reeds").code == 0
    shared_desk.clear()
    variables = {k: v for k, v in os.environ.items() if not k.startswith("STRATA_")}
    there = variables | {"STRATA_HOME": str(home), "STRATA_PROJECT": "reeds"}
    with (
        mock.patch.dict(os.environ, there, clear=True),
        mock.patch("strata.screens.desk.build_encoder", return_value=encoder),
    ):
        yield lambda: AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    shared_desk.clear()


def test_an_answer_from_an_abstract_shows_its_source_without_a_page(chat: Callable[[], AppTest]) -> None:
    page = chat()
    page.chat_input[0].set_value("How much did reeds of the northern plot grow in a year?").run()
    assert not page.exception
    assert any("abstract; there is no PDF of it yet" in caption.value for caption in page.caption)
    assert not any("with the quote marked" in expander.label for expander in page.expander)
    written = [*page.markdown, *page.caption, *page.expander]
    assert not any("<img" in getattr(one, "value", "") or "](http" in getattr(one, "value", "") for one in written)
