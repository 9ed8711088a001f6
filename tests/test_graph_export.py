"""The graph as JSON, as GraphML, and as a page that shows hostile words as letters and loads nothing."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from engines import ENCODER
from graph_nodes import finding, paper, records
from playwright.sync_api import Page, expect

from benchmarks.browser import chromium, real_browser
from hierarchy.graph.build import CITES, Graph, ProjectGraph
from hierarchy.graph.export import MOST_PAPERS, as_graphml, as_html, as_json
from hierarchy.graph.places import ROOM, places
from hierarchy.graph.themes import themes
from hierarchy.nodes import Level
from hierarchy.sqlite import SqliteStore
from hierarchy.store import papers_of

HOSTILE = (
    "</script><script>document.title='owned'</script>"
    "<img src=x onerror=\"document.title='owned'\"><!-- {{data}} &amp; \u2028"
)
CONTROL = "Sound \x00\x0b\ufffe and silence"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "p.db", "p", ENCODER)
    yield opened
    opened.close()


@pytest.fixture
def graph(store: SqliteStore) -> Graph:
    related: list[dict[str, Any]] = [{"kind": "contradicts", "a": "fb", "b": "fa", "difference": HOSTILE, "score": 0.9}]
    store.upsert(records(paper("a", HOSTILE, [HOSTILE], 2020), finding("fa", "a", HOSTILE)))
    cites = [{"paper": "a", "references": ["r1"]}]
    store.upsert(records(paper("b", CONTROL, cites=cites, relations=related), finding("fb", "b", "It fell.")))
    store.upsert(records(paper("c", "Roofs", ["Ida Li", "Bo Abdi"], 2021), towards=4))
    return ProjectGraph(store).graph()


def test_json_reads_back_as_the_same_graph(graph: Graph) -> None:
    back = nx.node_link_graph(json.loads(as_json(graph)), edges="edges")
    assert nx.utils.graphs_equal(back, graph)


def test_graphml_reads_back_with_every_node_and_edge(graph: Graph) -> None:
    text = as_graphml(graph)
    back = nx.read_graphml(io.BytesIO(text.encode()), force_multigraph=True)
    assert set(back) == set(graph)
    assert back.size() == graph.size()
    assert back.nodes["a"]["title"] == HOSTILE
    assert back.nodes["b"]["title"] == "Sound  and silence"
    assert json.loads(back.nodes["c"]["authors"]) == ["Ida Li", "Bo Abdi"]
    assert len(set(re.findall(r'<edge [^>]*id="([^"]+)"', text))) == graph.size()


def test_an_empty_graph_can_be_written(store: SqliteStore) -> None:
    empty = ProjectGraph(store).graph()
    assert json.loads(as_json(empty))["nodes"] == []
    assert len(nx.read_graphml(io.BytesIO(as_graphml(empty).encode()))) == 0
    assert "</html>" in as_html(empty)


def test_the_page_names_no_address_and_keeps_words_out_of_its_markup(graph: Graph, store: SqliteStore) -> None:
    page = as_html(graph, themes(graph, papers_of(store)))
    assert "owned" in page
    assert page.count("<script") == 2
    assert "<img" not in page
    assert not re.search(r"""(src|href)\s*=|@import|url\(""", page.split('id="data"')[0])
    assert set(re.findall(r"https?://[^\s\"']+", page)) == {
        "http://www.w3.org/2000/svg"
    }  # the name of a kind of element
    assert "default-src 'none'" in page


def test_papers_stand_apart_and_always_in_the_same_place(graph: Graph) -> None:
    many = Graph()
    names = [f"p{i:03}" for i in range(120)]
    many.add_nodes_from(names)
    many.add_edges_from((name, names[(i * 7) % 50], CITES, {"kind": CITES}) for i, name in enumerate(names))
    group_of = {name: i % 4 for i, name in enumerate(names)}
    at = places(many, names, group_of)
    assert at == places(many, names, group_of)
    nearest = min(abs(complex(*at[a]) - complex(*at[b])) for a in names for b in names if a < b)
    assert nearest > ROOM / 2
    assert places(graph, [], {}) == {}


def test_a_large_graph_shows_its_most_central_papers() -> None:
    many = Graph(project="p")
    for i in range(MOST_PAPERS + 5):
        many.add_node(
            f"p{i:04}", level=Level.PAPER.value, title=f"Paper {i}", authors=[], year=2000, centrality=float(i)
        )
    data = json.loads(as_html(many).split('id="data">')[1].split("</script>")[0])
    assert data["left_out"] == 5
    assert data["papers"][0]["title"] == f"Paper {MOST_PAPERS + 4}"
    assert len(data["papers"]) == MOST_PAPERS


@pytest.fixture(scope="module")
def browser_page() -> Iterator[Page]:
    if chromium() is None:
        pytest.skip("needs Chromium")
    with real_browser() as browser:
        yield browser.new_page(viewport={"width": 1200, "height": 800})


def test_a_browser_shows_hostile_words_as_letters(
    browser_page: Page, graph: Graph, store: SqliteStore, tmp_path: Path
) -> None:
    wrong, asked = list[str](), list[str]()
    browser_page.on("pageerror", lambda error: wrong.append(str(error)))
    browser_page.on("request", lambda request: asked.append(request.url))
    file = tmp_path / "graph.html"
    file.write_text(as_html(graph, themes(graph, papers_of(store))), "utf-8")
    browser_page.goto(file.as_uri())
    expect(browser_page).to_have_title("p: papers and findings")
    browser_page.get_by_label("Find a paper").fill("owned")
    browser_page.locator("aside button").click()
    expect(browser_page.locator("aside h2")).to_have_text(re.compile(re.escape("<img src=x")))
    expect(browser_page.locator("aside blockquote").first).to_contain_text("<img src=x")
    expect(browser_page.locator("aside")).to_contain_text("It fell.")
    expect(browser_page.locator("img")).to_have_count(0)
    browser_page.keyboard.press("Escape")
    expect(browser_page.locator("aside h1")).to_have_text("p")
    expect(browser_page).to_have_title("p: papers and findings")
    assert wrong == []
    assert asked == [file.as_uri()]
