"""One question over several projects: from Python, from the command line, with traces that are kept and cleaned."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from conftest import Run
from made_lakes import RESULTS, paper

from hierarchy.errors import MismatchError, UsageError
from hierarchy.journal import Journal
from hierarchy.quotes import stands
from hierarchy.sqlite import SqliteStore
from retrieval.records import Answer
from strata.assistant import Assistant
from strata.local_weaviate import LocalWeaviate
from strata.minilm import MiniLM
from strata.settings import Settings

OWLS = (
    "The number of owls that called at night was 14 in the marsh and 31 in the forest.",
    "Owls took 62% of their prey from open meadows, and the share of voles among it was 48%.",
)
SHARED = (
    "The otters of the upper river ate crayfish in 71% of the samples that were taken in winter.",
    "The number of otter holts increased from 12 to 19 after the banks were left alone.",
)
ABOUT_REEDS, ABOUT_OWLS = "What was the share of reeds in autumn?", "How many owls called at night in the forest?"
ABOUT_OTTERS = "How often did otters eat crayfish in winter?"

Over = Callable[..., Assistant]


@pytest.fixture(scope="module")
def filled(make_home: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the projects Lakes and owls; the paper on otters stands in both."""
    folder = tmp_path_factory.mktemp("several")
    home = make_home(folder / "home")
    reeds = paper(folder / "reeds.pdf", RESULTS)
    owls = paper(folder / "owls.pdf", OWLS, "Owls of marsh and forest")
    otters = paper(folder / "otters.pdf", SHARED, "Otters and their winter food")
    for project, files in (("Lakes", [reeds, otters]), ("owls", [owls, otters])):
        with Assistant(project, Settings(home=home)) as a:
            assert not a.ingest(files, layout="never").failed
    return home


@pytest.fixture
def home(filled: Path, tmp_path: Path) -> Path:
    """A copy of it, so that a test may change it."""
    return Path(shutil.copytree(filled, tmp_path / "home", symlinks=True))


@pytest.fixture
def over(home: Path, encoder: MiniLM, monkeypatch: pytest.MonkeyPatch) -> Over:
    """Opens projects of it."""
    monkeypatch.setattr("strata.opened.build_encoder", lambda settings: encoder)
    return lambda *names: Assistant(names, Settings(home=home))


def standing(answer: Answer, a: Assistant) -> bool:
    """Whether each quote stands on its page, by the page's own words in its own project."""
    held = a._asked().attachments([c.paper for c in answer.citations])
    pages = {paper: msgspec.msgpack.decode(data, type=list[str]) for paper, data in held.items()}
    return all(stands(c.quote, [pages[c.paper][(c.page or 1) - 1]]) for c in answer.citations)


def test_each_question_is_answered_from_the_project_that_knows(over: Over) -> None:
    with over("lakes", "owls") as a:
        for question, project, words in ((ABOUT_REEDS, "Lakes", "63%"), (ABOUT_OWLS, "owls", "31 in the forest")):
            answer = a.ask(question)
            assert answer.status != "unanswerable"
            assert answer.citations[0].project == project
            assert words in answer.citations[0].quote
            assert standing(answer, a)
            assert answer.evidence[0].node.project == project
            assert {n.node.project for n in a.search(question, 10)} == {"Lakes", "owls"}
        assert a.ask("How well do whales sing in the arctic ocean?").status == "unanswerable"


def test_the_second_project_alone_would_not_have_known(over: Over) -> None:
    with over("Lakes") as one:
        assert all("owls" not in c.quote.lower() for c in one.ask(ABOUT_OWLS).citations)


def test_a_paper_of_both_is_shown_once_and_says_where_it_stands(over: Over) -> None:
    with over("lakes", "owls") as a:
        found = a.search(ABOUT_OTTERS, 30)
        assert len({n.node.id for n in found}) == len(found)
        assert sum("crayfish in 71%" in n.node.text for n in found if n.node.level == "passage") == 1
        otters = [n.node for n in found if n.node.file == "otters.pdf"]
        assert {node.project for node in otters} == {"Lakes"}
        assert all(node.metadata["projects"] == ["Lakes", "owls"] for node in otters)
        answer = a.ask(ABOUT_OTTERS)
        assert [c.file for c in answer.citations][:1] == ["otters.pdf"]
        assert standing(answer, a)
        assert sorted(n.title for n in a.papers()) == sorted({n.title for n in a.papers()})
        assert len(a.papers()) == 3
        assert "3 papers" in a.ask("What are these papers about?").text.splitlines()[0]


def test_filters_and_papers_reach_into_both(over: Over) -> None:
    with over("lakes", "owls") as a:
        assert {n.node.file for n in a.search("what was counted paper:reeds.pdf,owls.pdf", 20)} == {
            "reeds.pdf",
            "owls.pdf",
        }
        assert {n.node.file for n in a.search("what was counted", 20, papers=["owls.pdf"])} == {"owls.pdf"}
        assert {n.node.project for n in a.search("what was counted in:results author:Fenwick", 30)} == {"Lakes", "owls"}
        with pytest.raises(UsageError, match="Lakes, owls") as error:
            a.search("counted paper:whales")
        assert error.value.code == "unknown_paper"


def test_tags_that_a_shared_paper_has_in_either_project_find_it(over: Over) -> None:
    with over("owls") as one:
        one.tag("otters.pdf", ["winter"])
    with over("lakes", "owls") as a:
        assert {n.node.file for n in a.search("food tag:winter", 10)} == {"otters.pdf"}


def test_what_surrounds_a_passage_is_from_its_own_paper(over: Over) -> None:
    with over("lakes", "owls") as a:
        found = a.search(ABOUT_OWLS, 5, level="passage")
        beside = a.around(found)
        first = found.nodes[0].node
        near = [n for n in (beside[first.id].before, beside[first.id].after) if n is not None]
        assert near
        assert {n.paper for n in near} == {first.paper}


def test_what_the_fields_are_about_names_the_projects_side_by_side(over: Over) -> None:
    with over("lakes", "owls") as a:
        answer = a.ask("What are the main themes of this field?")
        assert answer.citations
        assert {c.project for c in answer.citations} == {"Lakes", "owls"}
        assert [c.quote for c in answer.citations] == list(dict.fromkeys(c.quote for c in answer.citations))
        roots = a.search("What is it all about?", 5, level="project")
        assert {n.node.project for n in roots} == {"Lakes", "owls"}


def test_names_count_once_and_in_any_case(over: Over) -> None:
    assert over("lakes", "OWLS").asked_projects == ("lakes", "OWLS")
    with over("lakes", "Lakes", "LAKES") as one:
        assert len(one.papers()) == 2
        assert one.project == "Lakes"
    with over("lakes", "OWLS") as a:
        a.papers()
        assert a.asked_projects == ("Lakes", "owls")
        assert "('Lakes', 'owls')" in repr(a)
    with pytest.raises(UsageError, match="No project"):
        over()


def test_a_project_that_is_not_there_is_a_clear_error(over: Over, here: Run) -> None:
    with over("lakes", "owl") as a, pytest.raises(UsageError, match="no project 'owl'") as error:
        a.ask(ABOUT_OWLS)
    assert "owls" in error.value.hint
    refused = here("ask", ABOUT_OWLS, "--project", "lakes", "--project", "owl", "--json").refused("unknown_project")
    assert "owls" in refused["hint"]
    assert here("ask", ABOUT_OWLS, "-p", "lakes", "-p", "../x", "--json").refused("project_name")


def test_projects_of_different_encoders_are_refused_with_what_to_do(over: Over, home: Path, encoder: MiniLM) -> None:
    other = msgspec.structs.replace(encoder.identity, model="another")
    SqliteStore(home / "projects" / "other.db", "other", other).close()
    SqliteStore(home / "projects" / "too.db", "too", other).close()
    with over("lakes", "other") as a, pytest.raises(UsageError, match="different encoders") as error:
        a.ask(ABOUT_REEDS)
    assert error.value.code == "different_encoders"
    assert "'Lakes'" in error.value.message or "'lakes'" in error.value.message
    with over("other", "too") as a, pytest.raises(MismatchError) as mismatch:
        a.ask(ABOUT_REEDS)
    assert mismatch.value.code == "other_encoder"
    with over("lakes", "owls") as a:
        assert a.ask(ABOUT_REEDS).citations


def test_what_changes_a_project_wants_one(over: Over, tmp_path: Path) -> None:
    new = paper(tmp_path / "new.pdf", OWLS, "Owls again and again")
    with over("lakes", "owls") as a:
        acts: list[Callable[[], object]] = [
            lambda: a.ingest([new]),
            lambda: a.plan([new]),
            lambda: a.refresh(),
            lambda: a.remove("reeds.pdf"),
            lambda: a.remove_project(),
            lambda: a.tag("reeds.pdf", ["x"]),
            lambda: a.themes(),
            lambda: a.tree(),
            lambda: a.graph(),
            lambda: a.diff("7d"),
        ]
        for act in acts:
            with pytest.raises(UsageError, match="one project at a time") as error:
                act()
            assert error.value.code == "several_projects"
        assert len(a.papers()) == 3


def test_papers_that_come_in_meanwhile_are_found(over: Over, tmp_path: Path) -> None:
    eels = ("The number of eels in the old canal was 57 in June, and 112 eels were seen in July.",)
    new = paper(tmp_path / "eels.pdf", eels, "Eels of an old canal")
    question = "How many eels were seen in July?"
    with over("lakes", "owls") as a, over("owls") as writer, ThreadPoolExecutor(1) as pool:
        assert all("eels" not in c.quote for c in a.ask(question).citations)
        coming = pool.submit(lambda: writer.ingest([new], layout="never"))
        while not coming.done():
            assert a.ask(ABOUT_OWLS).citations
        assert not coming.result().failed
        answer = a.ask(question)
        assert "112 eels" in answer.citations[0].quote
        assert answer.citations[0].project == "owls"


def test_papers_that_are_removed_meanwhile_are_gone_from_where_they_were(over: Over) -> None:
    with over("lakes", "owls") as a, over("owls") as second, over("lakes") as first:
        assert a.ask(ABOUT_OTTERS).citations[0].project == "Lakes"
        first.remove("otters.pdf")
        answer = a.ask(ABOUT_OTTERS)  # it still stands in the other
        assert answer.citations[0].project == "owls"
        assert standing(answer, a)
        second.remove("otters.pdf")
        assert all(n.node.file != "otters.pdf" for n in a.search(ABOUT_OTTERS, 20))


@pytest.mark.parametrize("project", ["lakes", "OWLS"])
def test_a_trace_is_kept_and_goes_with_a_paper_of_either_project(over: Over, home: Path, project: str) -> None:
    with over("lakes", "owls") as a:
        first = str(a.ask(ABOUT_REEDS).trace)
        assert a.trace(first)["question"] == ABOUT_REEDS
    with over("lakes") as one:
        alone = str(one.search(ABOUT_REEDS, 3, papers=["reeds.pdf"]).trace)
        assert one.trace(first)["id"] == first
    with over(project) as one:
        one.remove("reeds.pdf" if project == "lakes" else "owls.pdf")
        with pytest.raises(UsageError):
            one.trace(first)
    with closing(Journal(home / "journal.db")) as journal:
        assert (journal.trace(alone) is None) == (project == "lakes")


@pytest.mark.parametrize("project", ["lakes", "owls"])
def test_a_trace_goes_with_either_project(over: Over, project: str) -> None:
    with over("lakes", "owls") as a:
        kept = str(a.ask(ABOUT_OTTERS).trace)
    with over(project) as one:
        one.remove_project()
    with over("lakes" if project == "owls" else "owls") as other, pytest.raises(UsageError):
        other.trace(kept)


def test_a_name_that_is_part_of_another_cleans_nothing_of_it(tmp_path: Path) -> None:
    with closing(Journal(tmp_path / "journal.db")) as journal:
        journal.keep_traces(("owl_s", "lakes"), [("together", ["p"], {"id": 1})])
        journal.keep_traces("owls", [("alone", ["p"], {"id": 2})])
        journal.forget_project("owl")
        journal.forget_paper("lake", "p")
        journal.forget_paper("owl_s", "another")
        assert journal.trace("together")
        assert journal.trace("alone")
        journal.forget_paper("OWL_S", "p")  # "_" is a letter here, not any letter
        assert journal.trace("together") is None
        assert journal.trace("alone")


def test_the_command_line_takes_the_option_twice(here: Run, tmp_path: Path) -> None:
    record = here("ask", ABOUT_OWLS, "--project", "lakes", "-p", "owls", "--json").json
    assert record["citations"][0]["project"] == "owls"
    assert {node["project"] for node in record["evidence"]} == {"Lakes", "owls"}
    assert "owls.pdf, project owls" in here("ask", ABOUT_OWLS, "-p", "lakes", "-p", "owls").out.replace("\n", " ")
    assert "project" not in here("ask", ABOUT_OWLS, "-p", "owls").out.split("trace")[0]
    nodes = here("search", ABOUT_OWLS, "-p", "lakes", "-p", "owls", "--context", "--json").json["nodes"]
    assert {node["project"] for node in nodes} == {"Lakes", "owls"}
    assert "(owls)" in here("search", ABOUT_OWLS, "-p", "lakes", "-p", "owls").out
    assert here("trace", record["trace"], "--json").json["question"] == ABOUT_OWLS

    queries, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    rows = [{"id": 1, "question": ABOUT_REEDS}, {"id": 2, "question": ABOUT_OWLS, "papers": ["owls.pdf"]}, {"id": 3}]
    queries.write_text("\n".join(map(json.dumps, rows)))
    assert here("ask", "-p", "lakes", "-p", "owls", "--queries", queries, "--out", out).code == 0
    answers = [json.loads(line) for line in out.read_text().splitlines()]
    assert [a["citations"][0]["project"] for a in answers[:2]] == ["Lakes", "owls"]
    assert answers[2]["error"]


def test_projects_on_a_server_answer_together_as_those_in_files(weaviate: LocalWeaviate, home: Path, here: Run) -> None:
    there = {**weaviate.environment}
    for project in ("lakes", "owls"):
        to = ("copy", "--from", "sqlite", "--to", "weaviate", "--project", project, "--json")
        assert here(*to, **there).json["different"] == 0
    for question in (ABOUT_REEDS, ABOUT_OWLS, ABOUT_OTTERS):
        local = here("ask", question, "-p", "lakes", "-p", "owls", "--json").json
        served = here("ask", question, "-p", "lakes", "-p", "owls", "--json", **there).json
        assert served["citations"][0] == local["citations"][0]
        assert {n["project"] for n in served["evidence"]} == {n["project"] for n in local["evidence"]}
        assert len({n["id"] for n in served["evidence"]}) == len(served["evidence"])


@pytest.mark.parametrize(
    "command",
    [
        ("ingest", "x.pdf"),
        ("remove", "reeds.pdf", "--yes"),
        ("refresh",),
        ("tree",),
        ("themes",),
        ("findings",),
        ("tag", "reeds.pdf", "x"),
    ],
)
def test_the_other_commands_take_one_project(here: Run, command: tuple[str, ...]) -> None:
    error = here(*command, "--project", "lakes", "--project", "owls", "--json").refused("several_projects")
    assert "lakes, owls" in error["message"]


def test_one_project_is_named_as_before(here: Run) -> None:
    assert here("ask", ABOUT_OWLS, "--project", "owls", "--json").json["citations"][0]["project"] == "owls"
    assert here("search", ABOUT_OWLS, "--json", STRATA_PROJECT="owls").json["nodes"]
    assert here("ask", ABOUT_OWLS, "--json", STRATA_PROJECT="none-such").refused("unknown_project")
