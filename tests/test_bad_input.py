"""Wrong input at the command line: each ends in one line, a code and an exit code, and leaves nothing half done."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hostile_pdfs as hostile
import pytest
from conftest import Run, Said

GOOD = hostile.small_paper()


def files_below(folder: Path) -> list[str]:
    """All files of a home, the encoder's aside."""
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file() and "models" not in p.parts)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, make_home: Callable[[Path], Path], run_in: Run) -> Path:
    """A home with one project, "reeds", of two papers."""
    folder = tmp_path_factory.mktemp("project")
    home = make_home(folder / "home")
    hostile.write(folder / "papers", "ice.pdf", GOOD)
    hostile.write(folder / "papers", "fire.pdf", hostile.small_paper("Reed Beds After Fire", 7, "Haldane"))
    said = run_in(home, "ingest", folder / "papers", "--project", "reeds", "--json")
    assert said.code == 0, said
    return home


@pytest.fixture
def on(project: Path, run_in: Run) -> Run:
    """The command line over the project "reeds"."""

    def run(*arguments: object, **environment: str) -> Said:
        return run_in(project, *arguments, STRATA_PROJECT="reeds", **environment)

    return run


# Paths


def test_a_missing_path_is_refused_and_makes_nothing(here: Run, home: Path, tmp_path: Path) -> None:
    error = here("ingest", tmp_path / "nowhere", "--json").refused("missing_path")
    assert str(tmp_path / "nowhere") in error["message"]
    assert files_below(home) == []


def test_a_missing_path_beside_a_good_one_takes_nothing_in(here: Run, home: Path, tmp_path: Path) -> None:
    good = hostile.write(tmp_path, "good.pdf", GOOD)
    here("ingest", good, tmp_path / "nowhere", "--json").refused("missing_path")
    assert files_below(home) == []


def test_a_folder_without_pdfs_is_refused_and_makes_nothing(here: Run, home: Path, tmp_path: Path) -> None:
    hostile.write(tmp_path / "notes", "notes.txt", b"reeds")
    here("ingest", tmp_path / "notes", "--json").refused("no_files")
    here("ingest", "--json").refused("no_files")
    here("ingest", "--retry-failed", "--json").refused("no_files")
    assert not (home / "projects").exists()


def test_a_path_with_a_line_break_still_gives_one_line(here: Run, tmp_path: Path) -> None:
    here("ingest", tmp_path / "two\nlines", "--json").refused("missing_path")


def test_a_named_pipe_is_refused_and_does_not_hang(strata: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pdf")
    assert strata("ingest", tmp_path / "pipe.pdf", "--json", timeout=300).code in (1, 2)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"Reeds are plants.", "not_a_pdf"),
        (b"<html><body>Log in</body></html>", "not_a_pdf"),
        (b"", "empty"),
        (hostile.page_tree_loop(), "damaged"),
    ],
    ids=["text", "html", "empty", "loop"],
)
def test_parse_refuses_what_is_no_paper(here: Run, tmp_path: Path, data: bytes, code: str) -> None:
    here("parse", hostile.write(tmp_path, "bad.pdf", data), "--json").refused(code)


def test_parse_refuses_a_missing_file(here: Run, tmp_path: Path) -> None:
    here("parse", tmp_path / "nowhere.pdf", "--json").refused("missing_path")


# Names and settings


@pytest.mark.parametrize("name", ["my thesis", "a/b", "../up", "thésis", "x" * 49, "a.b", "reeds;drop", " "])
def test_a_bad_project_name_is_refused_with_one_that_fits(here: Run, home: Path, tmp_path: Path, name: str) -> None:
    hostile.write(tmp_path / "papers", "good.pdf", GOOD)
    hint = here("ingest", tmp_path / "papers", "--project", name, "--json").refused("project_name")["hint"]
    suggested = hint.split("--project ")[1].rstrip(".")
    assert 0 < len(suggested) <= 48
    assert suggested.replace("-", "").replace("_", "").isalnum()
    assert files_below(home) == []


def test_an_empty_project_name_is_refused_and_does_not_mean_the_default(here: Run, home: Path, tmp_path: Path) -> None:
    hostile.write(tmp_path / "papers", "good.pdf", GOOD)
    here("ingest", tmp_path / "papers", "--project", "", "--json").refused("project_name")
    assert files_below(home) == []


@pytest.mark.parametrize(
    "command",
    [("ask", "Why?"), ("search", "reeds"), ("tree",), ("remove", "x.pdf", "--yes"), ("remove", "--all", "--yes")],
)
def test_an_unknown_project_is_refused_with_the_one_that_was_meant(
    on: Run, project: Path, command: tuple[str, ...]
) -> None:
    before = files_below(project / "projects")
    error = on(*command, "--project", "reedz", "--json").refused("unknown_project")
    assert "reeds" in error["hint"]
    assert files_below(project / "projects") == before


def test_without_any_project_the_way_to_begin_is_told(here: Run, home: Path) -> None:
    assert "strata ingest" in here("ask", "Why?", "--json").refused("unknown_project")["hint"]
    assert files_below(home) == []


def test_a_projects_name_is_found_without_regard_to_case(on: Run) -> None:
    assert on("tree", "--project", "REEDS", "--json").json["root"]["title"] == "reeds"


def test_unknown_and_bad_settings_are_refused_by_name(here: Run) -> None:
    unknown = here("projects", "--json", STRATA_COLOUR="blue").refused("unknown_setting")
    assert "STRATA_COLOUR" in unknown["message"]
    for name, value in (("STRATA_TIMEOUT_S", "soon"), ("STRATA_ALPHA", "2"), ("STRATA_READERS", "0")):
        assert name in here("projects", "--json", **{name: value}).refused("bad_setting")["message"]


def test_wrong_use_is_one_line_too(here: Run) -> None:
    for command in (
        ("fly", "--json"),
        ("ask", "--colour", "--json"),
        ("search", "x", "--level", "word", "--json"),
        ("search", "x", "--k", "0", "--json"),
    ):
        here(*command).refused("usage")


def test_without_json_an_error_is_one_line_on_standard_error_only(here: Run, tmp_path: Path) -> None:
    said = here("ingest", tmp_path / "nowhere")
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)


def test_the_debug_switch_shows_where(here: Run, tmp_path: Path) -> None:
    assert "Traceback" in here("ingest", tmp_path / "nowhere", STRATA_DEBUG="1").err


def test_erasure_is_refused_before_anything_is_removed(on: Run) -> None:
    papers = on("projects", "--json").json["projects"][0]["papers"]
    on("remove", "ice.pdf", "--erase", "--yes", "--json").refused("not_built")
    on("remove", "--all", "--erase", "--yes", "--json").refused("not_built")
    assert on("projects", "--json").json["projects"][0]["papers"] == papers == 2


def test_a_removal_needs_a_known_paper_and_a_yes(on: Run) -> None:
    on("remove", "unknown.pdf", "--yes", "--json").refused("unknown_paper")
    on("remove", "--yes", "--json").refused("usage")
    on("remove", "ice.pdf", "--all", "--yes", "--json").refused("usage")


def test_an_unknown_trace_is_refused(here: Run) -> None:
    here("trace", "0000000000000000", "--json").refused("unknown_trace")


# Questions


@pytest.mark.parametrize("question", ["", "   ", "?!", "\n\t", "🌾"])
@pytest.mark.parametrize("command", ["ask", "search"])
def test_an_empty_question_is_refused(on: Run, command: str, question: str) -> None:
    on(command, question, "--json").refused("empty_question")


def test_no_question_at_all_is_refused(on: Run) -> None:
    on("ask", "--json").refused("empty_question")


SYNTAX = (
    '"foo* AND (bar',
    "NEAR(reed ice",
    "col: reed",
    "title:reed",
    "[x](y) **reed**",
    "-reed -x",
    "reed' OR 1=1 --",
    "^reed",
    "{reed}",
    "a\x00b reed",
    "\x1b[31mreed",
)


@pytest.mark.parametrize("question", SYNTAX)
@pytest.mark.parametrize("command", ["ask", "search"])
def test_syntax_in_a_question_is_inert(on: Run, command: str, question: str) -> None:
    said = on(command, "--json", "--", question)
    assert (said.code, said.err) == (0, "")
    assert said.json["schema"] == 1
    shown = on(command, "--", question)
    assert shown.code == 0
    assert "\x1b" not in shown.out
    assert "\x00" not in shown.out


def test_a_question_of_a_hundred_thousand_characters_is_answered_or_refused_in_words(
    strata: Run, project: Path
) -> None:
    said = strata("search", "reed ice " * 11_112, "--project", "reeds", "--json", STRATA_HOME=str(project))
    assert said.code == 0, said.err
    assert said.json["nodes"]


def test_a_question_that_is_no_unicode_is_a_sentence_and_no_traceback(strata: Run, project: Path) -> None:
    said = strata("search", b"reed \xff\xfe ice", "--project", "reeds", "--json", STRATA_HOME=str(project))
    assert "Traceback" not in said.err
    assert said.code == 0 or said.json["error"]["code"] != "internal"


# Questions by the file


def rows_of(text: str) -> list[dict[str, Any]]:
    return [json.loads(row) for row in text.split("\n") if row.strip()]


def test_a_bad_row_has_an_error_and_the_others_go_on(on: Run, tmp_path: Path) -> None:
    queries, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    rows: list[str] = [
        json.dumps({"id": "a", "question": "Where do reeds grow?"}),
        "{broken",
        json.dumps({"id": "c", "question": "Where?", "papers": ["unknown.pdf"]}),
        json.dumps({"id": "d", "question": ""}),
        json.dumps({"id": "e"}),
        json.dumps(["no", "object"]),
        json.dumps({"id": "g", "question": "Where do reeds grow?", "papers": ["ice.pdf"]}),
    ]
    queries.write_text("\n".join(rows), encoding="utf-8")
    said = on("search", "--queries", queries, "--out", out)
    assert (said.code, said.out, said.err) == (0, "", "")
    found = rows_of(out.read_text(encoding="utf-8"))
    assert [r["id"] for r in found] == ["a", "line 2", "c", "d", "e", "line 6", "g"]
    codes = [r["error"]["code"] if "error" in r else None for r in found]
    assert codes == [None, "usage", "unknown_paper", "empty_question", "usage", "usage", None]
    assert {n["file"] for n in found[-1]["nodes"]} <= {"ice.pdf", None}


@pytest.mark.parametrize(
    "bad",
    [
        '{"id": "x", "question": "Why?", "papers": 5}',
        '{"id": "x", "question": "Why?", "papers": [1]}',
        '{"id": "x", "question": "Why \\ud800 reeds?"}',
        '{"id": NaN, "question": "Why do reeds grow?"}',
    ],
    ids=["papers a number", "papers of numbers", "half a surrogate pair", "NaN"],
)
def test_a_row_of_wrong_types_does_not_stop_the_others(on: Run, tmp_path: Path, bad: str) -> None:
    queries = tmp_path / "in.jsonl"
    queries.write_text(bad + '\n{"id": "y", "question": "Where do reeds grow?"}\n', encoding="utf-8")
    said = on("search", "--queries", queries)
    assert said.code == 0, said.err
    assert [row["id"] for row in rows_of(said.out)][1:] == ["y"]


def test_a_question_with_a_unicode_line_separator_is_one_row(on: Run, tmp_path: Path) -> None:
    queries = tmp_path / "in.jsonl"
    queries.write_text('{"id": "x", "question": "Where do\u2028reeds grow?"}\n', encoding="utf-8")
    found = rows_of(on("search", "--queries", queries).out)
    assert [(row["id"], "error" in row) for row in found] == [("x", False)]


def test_a_missing_file_of_questions_is_refused_and_leaves_no_output(on: Run, tmp_path: Path) -> None:
    on("ask", "--queries", tmp_path / "nowhere.jsonl", "--out", tmp_path / "out.jsonl", "--json").refused("queries")
    assert list(tmp_path.iterdir()) == []


def test_questions_to_an_unknown_project_are_refused_as_a_whole(on: Run, tmp_path: Path) -> None:
    queries = hostile.write(tmp_path, "in.jsonl", b'{"id": "a", "question": "Where do reeds grow?"}\n')
    on("search", "--queries", queries, "--project", "reedz", "--json").refused("unknown_project")


def test_an_output_in_a_missing_folder_is_refused(on: Run, tmp_path: Path) -> None:
    queries = hostile.write(tmp_path, "in.jsonl", b'{"id": "a", "question": "Where do reeds grow?"}\n')
    on("search", "--queries", queries, "--out", tmp_path / "no" / "out.jsonl", "--json").refused("out")
    assert [p.name for p in tmp_path.iterdir()] == ["in.jsonl"]


def test_a_question_and_a_file_of_questions_together_are_refused(on: Run, tmp_path: Path) -> None:
    queries = hostile.write(tmp_path, "in.jsonl", b"{}\n")
    on("ask", "Why?", "--queries", queries, "--json").refused("usage")
