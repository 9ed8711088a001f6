"""What a project knows, in a notebook: cards, findings, pairs and themes, with every word of a paper escaped."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hostile_knowledge import take_hostile_pair

from strata.assistant import Assistant
from strata.cards import ASPECTS
from strata.display import card_html, findings_html, relations_html, themes_html
from strata.knowledge import Findings, Relations
from strata.themes import Themes

OURS = {"table", "thead", "tbody", "tr", "th", "td", "p", "b", "i", "br", "ul", "li", "details", "summary"}


@pytest.fixture
def hostile(assistant: Callable[..., Assistant], tmp_path: Path) -> Assistant:
    made = assistant("hostile")
    take_hostile_pair(made, tmp_path / "papers")
    return made


def obeyed(html: str) -> set[str]:
    """The elements that are not ours, and whatever an element of ours has but its style."""
    return {tag for tag in re.findall(r"<[^>]*>", html) if not re.fullmatch(r"</?(\w+)( style='[\w:;%-]*')?>", tag)} | (
        set(re.findall(r"</?(\w+)", html)) - OURS
    )


def test_hostile_words_are_escaped_everywhere(hostile: Assistant) -> None:
    cards = [card_html(hostile.card(paper.id)) for paper in hostile.papers()]
    shown = [
        *cards,
        findings_html(hostile.findings()),
        relations_html(hostile.relations()),
        themes_html(hostile.themes()),
    ]
    for html in shown:
        assert obeyed(html) == set()
    assert "&lt;img src=x onerror=alert(1)&gt;" in cards[0] + cards[1]
    assert "&lt;script&gt;alert(2)&lt;/script&gt;" in shown[2]
    assert "&lt;img src=x onerror=alert(3)&gt;" in shown[3], "a model's reason stands beside the pair"
    assert "judge &lt;b&gt;bold&lt;/b&gt;" in shown[3]
    assert "&lt;script&gt;alert(2)&lt;/script&gt;" in shown[4]


def test_a_pair_has_both_sides_beside_each_other(hostile: Assistant) -> None:
    html = relations_html(hostile.relations().of("contradicts"))
    assert html.count("<tr>") == 1
    assert html.count("</td>") == 2
    assert "from 0.68 to 0.75" in html
    assert "from 0.72 to 0.66" in html


def test_a_card_has_all_aspects_and_says_what_is_not_told_and_what_is_old(hostile: Assistant) -> None:
    card = hostile.card("soft.pdf")
    html = card_html(card)
    assert [html.count(f"<b>{heading}</b>") for heading in ASPECTS.values()] == [1] * len(ASPECTS)
    assert html.count("The paper does not tell.") == sum(not quotes for quotes in card.aspects.values()) > 0
    assert "older rules" not in html
    assert "older rules" in card_html(msgspec.structs.replace(card, older=True))


def test_a_long_table_shows_its_beginning_and_says_so(hostile: Assistant) -> None:
    node = next(iter(hostile.findings()))
    html = findings_html(Findings((node,) * 101))
    assert html.count("<tr>") == 101  # a heading and a hundred rows
    assert "The first 100 of 101" in html
    assert "The first" not in findings_html(Findings((node,) * 100))


def test_nothing_is_told_in_a_sentence() -> None:
    assert "No two findings" in relations_html(Relations(()))
    assert "no themes" in themes_html(Themes("empty", ()))
    assert "<tbody></tbody>" in findings_html(Findings(()))
