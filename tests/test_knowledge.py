"""What a project knows, by its doors: findings, cards, themes, contradictions, the graph; what is older is renewed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import msgspec
import networkx as nx
import pytest
from conftest import ROOT, Run
from made_lakes import RESULTS, paper, telling
from model_server import Asked, ModelServer, serving

from hierarchy.errors import UsageError
from hierarchy.nodes import Level, Record
from strata.assistant import Assistant
from strata.cards import ASPECTS
from strata.minilm import MiniLM
from strata.settings import Settings

Make = Callable[..., Assistant]
SAMPLE = ROOT / "data" / "sample" / "wetland-calls"
FEW = ("masking-or-mixing", "augmentation-few-label-birds", "contrastive-pretraining-rare-calls")


@pytest.fixture(scope="module")
def field(
    tmp_path_factory: pytest.TempPathFactory, make_home: Callable[[Path], Path], encoder: MiniLM
) -> Iterator[Assistant]:
    """Three papers of the sample that cite and contradict each other; no test changes them."""
    home = make_home(tmp_path_factory.mktemp("field") / "home")
    settings = Settings(home=home).model_copy(update={"project": "birds"})
    with Assistant("birds", settings, encoder=encoder) as a:
        a.ingest([SAMPLE / f"{name}.pdf" for name in FEW], layout="never")
        yield a


def test_findings_are_records_and_a_table(field: Assistant) -> None:
    found = field.findings()
    assert len(found) > 30
    assert all(n.finding is not None and n.finding.quote in passage_of(field, n.finding.evidence) for n in found)
    assert {n.finding.attribution for n in found if n.finding} == {"own"}
    assert len(field.findings(reported=True)) >= len(found)
    one = field.findings("masking-or-mixing.pdf", kind="result")
    assert {n.file for n in one} == {"masking-or-mixing.pdf"}
    frame = found.to_frame()
    assert {"paper", "claim", "metric", "value", "baseline", "direction", "page"} <= set(frame.columns)
    assert (frame["value"].dropna() == 0.59).any()
    with pytest.raises(UsageError, match="no kind"):
        field.findings(kind="rumour")


def passage_of(a: Assistant, passage: str) -> str:
    return a._store().get([passage])[passage].text


def test_a_card_quotes_its_paper(field: Assistant) -> None:
    card = field.card("masking-or-mixing.pdf")
    assert set(card.aspects) == set(ASPECTS)
    quoted = [said for aspect in card.aspects.values() for said in aspect]
    assert len(quoted) > 5
    assert all(said.quote in passage_of(field, said.source) and said.page for said in quoted)
    assert not card.older
    assert "Main findings" in str(card)
    assert card.to_dict()["card"]["findings"][0].keys() == {"quote", "from", "page"}


def test_contradictions_have_a_quote_from_both_sides(field: Assistant) -> None:
    relations = field.relations()
    contradicting = relations.of("contradicts")
    assert len(contradicting) >= 1
    for pair in contradicting:
        assert pair.a.paper != pair.b.paper
        assert pair.a.finding is not None
        assert pair.a.finding.quote in str(pair)
    record = relations.to_dict()
    assert record["relations"][0].keys() >= {"kind", "a", "b", "difference", "score", "origin", "reason"}
    kinds = [r["kind"] for r in record["relations"]]
    assert kinds == sorted(kinds)  # contradictions first
    assert len(relations.to_frame()) == len(relations)


def test_themes_name_papers_findings_and_disputes(field: Assistant) -> None:
    themes = field.themes()
    assert sorted(p.file for theme in themes for p in theme.papers if p.file) == sorted(f"{name}.pdf" for name in FEW)
    assert all(theme.label and theme.findings for theme in themes)
    assert any(theme.disputed for theme in themes)
    assert themes.to_dict()["themes"][0].keys() == {"label", "papers", "findings", "agreed", "disputed"}
    assert len(themes.to_frame()) == 3
    root = field.tree(Level.PROJECT).node
    assert all(theme.label in root.text for theme in themes)


def test_the_graph_is_networkx(field: Assistant) -> None:
    graph = field.graph()
    assert isinstance(graph, nx.MultiDiGraph)
    assert sum(kind == "cites" for *_, kind in graph.edges(keys=True)) >= 3
    graph.clear()  # it is ours
    assert len(field.graph())


def as_json(record: object) -> object:
    return json.loads(json.dumps(record))


def test_the_command_line_gives_the_records(field: Assistant, run_in: Run, tmp_path: Path) -> None:
    def run(*arguments: object) -> object:
        said = run_in(field.settings.home, *arguments, "--project", "birds")
        assert said.code == 0, said
        return json.loads(said.out) if "--json" in arguments else said.out

    assert run("findings", "--json") == as_json(field.findings().to_dict())
    assert run("paper", "masking-or-mixing.pdf", "--json") == as_json(field.card("masking-or-mixing.pdf").to_dict())
    assert run("contradictions", "--json") == as_json(field.relations().to_dict())
    assert run("themes", "--json") == as_json(field.themes().to_dict())
    assert "Main findings" in str(run("paper", "masking-or-mixing.pdf"))
    assert "contradicts" in str(run("contradictions"))
    assert "supports" in str(run("contradictions", "--agreements"))
    assert "Disputed" in str(run("themes"))
    assert "masking" in str(run("findings", "--paper", "masking-or-mixing.pdf"))
    assert json.loads(str(run("graph")))["nodes"]
    for form in ("html", "graphml"):
        run("graph", "--format", form, "--out", tmp_path / f"graph.{form}")
    assert nx.read_graphml(tmp_path / "graph.graphml").number_of_nodes() == len(field.graph())
    page = (tmp_path / "graph.html").read_text()
    assert "src=" not in page.replace("default-src", "")  # it stands alone
    assert "masking" in page.lower()
    assert all(theme.label in page for theme in field.themes())


def test_the_graph_is_drawn_with_the_themes_that_are_kept(field: Assistant) -> None:
    labels = [theme.label for theme in field.themes()]
    with mock.patch("hierarchy.graph.themes.themes", side_effect=AssertionError("worked out again")):
        page = field.graph_page()
    assert all(json.dumps(label, ensure_ascii=False) in page for label in labels)


def test_bad_wishes_are_told(field: Assistant, run_in: Run, tmp_path: Path) -> None:
    home = field.settings.home
    run_in(home, "paper", "nowhere.pdf", "--project", "birds", "--json").refused("unknown_paper")
    out = tmp_path / "gone" / "graph.html"
    assert run_in(home, "graph", "--project", "birds", "--out", out).code == 2
    run_in(home, "findings", "--project", "nobody", "--json").refused("unknown_project")


def test_a_project_of_one_paper_has_a_theme_and_no_relations(assistant: Make, tmp_path: Path) -> None:
    a = assistant()
    a.ingest(paper(tmp_path / "one.pdf"))
    assert len(a.themes()) == 1
    assert len(a.relations()) == 0
    a.remove("one.pdf")
    assert len(a.themes()) == 0
    assert len(a.findings()) == 0
    assert len(a.graph()) == 0


# Renewing what is older


def made_older(a: Assistant, file: str) -> None:
    """Has a paper's node say that older rules made it."""
    store = a._store()
    (node,) = [p for p in a.papers() if p.file == file]
    older = msgspec.structs.replace(node, metadata=node.metadata | {"rules": "tree-1"})
    store.upsert([Record(older, store.vectors([node.id])[node.id], store.attachments([node.id])[node.id])])


def test_refresh_renews_what_is_older_and_names_what_is_gone(assistant: Make, here: Run, tmp_path: Path) -> None:
    a = assistant()
    files = [paper(tmp_path / f"{name}.pdf", title=f"Reeds in shallow lakes of {name}") for name in ("a", "b", "c")]
    a.ingest(files)
    made_older(a, "a.pdf")
    made_older(a, "b.pdf")
    assert a.card("a.pdf").older
    assert "older rules" in str(a.card("a.pdf"))
    files[1].unlink()
    refreshed = a.refresh()
    assert [(c.file, c.embedded) for c in refreshed.report.changed] == [("a.pdf", 0)]
    assert [gone.path for gone in refreshed.missing] == [str(files[1])]
    assert not a.card("a.pdf").older
    assert a.card("b.pdf").older
    said = here("refresh", "--json")
    assert said.code == 1
    assert [gone["path"] for gone in said.json["missing"]] == [str(files[1])]
    assert said.json["changed"] == []


# With a language model


def writing(asked: Asked) -> str:
    """A model that tells findings, summarises with the first sentences, and agrees with what the rules relate."""
    if "verdict" in asked.instructions:
        return json.dumps({"verdict": "contradicts", "reason": "Masking counts in one and hardly in the other."})
    if "summar" in asked.instructions.lower():
        return json.dumps([{"text": text, "from": [n]} for n, text in list(asked.sentences.items())[:2]])
    return telling(asked)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with serving(writing) as running, mock.patch("strata.patience.FIRST_WAIT_S", 0.01):
        yield running


def test_a_model_that_is_set_writes_when_papers_come_in(here: Run, server: ModelServer, tmp_path: Path) -> None:
    model = {"STRATA_LLM": "openai/m", "STRATA_LLM_URL": server.url}
    file = paper(tmp_path / "lakes.pdf", RESULTS)
    report = here("ingest", file, "--json", **model).json
    assert report["written"]["accepted"] >= 3
    assert report["written"]["summarised"] == 1
    nodes = here("findings", "--json").json["nodes"]
    assert {n["finding"]["origin"] for n in nodes} == {"openai/m"}
    summary = here("paper", "lakes.pdf", "--json").json["summary"]
    assert summary
    assert all(line["sources"] for line in summary)
    asked = len(server.asked)
    again = here("ingest", file, "--json", **model).json
    assert len(server.asked) == asked  # nothing changed: no call
    assert again["written"]["asked"] == 0
    assert here("ingest", file, "--json").json["written"] is None


def test_a_model_that_is_down_leaves_what_the_rules_found(here: Run, tmp_path: Path) -> None:
    file = paper(tmp_path / "lakes.pdf", RESULTS)
    down = {"STRATA_LLM": "openai/m", "STRATA_LLM_URL": "http://127.0.0.1:9/v1", "STRATA_LLM_TIMEOUT_S": "5"}
    with mock.patch("strata.patience.FIRST_WAIT_S", 0.01):
        said = here("ingest", file, "--json", **down)
    assert said.code == 0
    assert said.json["written"]["stopped"]["code"].startswith("writer_")
    assert {n["finding"]["origin"] for n in here("findings", "--json").json["nodes"]} == {"rules"}
