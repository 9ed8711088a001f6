"""What changed in a project: told net, in words and as a record, and never lost where a process was killed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import Run
from hypothesis import given
from hypothesis import strategies as st
from pdfs import PaperMaker, prose

from hierarchy import changes
from hierarchy.changes import PaperChange, Said
from hierarchy.errors import UsageError
from strata.assistant import Assistant
from strata.since import moment

Make = Callable[..., Assistant]
ROSE = "The macro F1 on the held-out lakes rose from 0.52 to 0.60 when the reeds were labelled twice."
CORRECTED = ROSE.replace("0.60", "0.63")
FELL = "We found that the error rate fell by 12% on windy days, a significant reduction over the baseline."
LONG_AGO = "2020-01-01"


def paper(path: Path, *findings: str, title: str = "Counting reeds from the air", seed: int = 1) -> Path:
    maker = PaperMaker(1)
    maker.title(title, ("Ada Fenwick",))
    maker.heading("Introduction")
    maker.paragraph(prose(seed, 5))
    maker.heading("Results")
    for number, finding in enumerate(findings):
        maker.paragraph(f"{prose(seed + 10 + number, 2)} {finding}")
    return maker.save(path)


def quotes(said: list[dict[str, object]]) -> list[object]:
    return [one["quote"] for one in said]


def test_a_new_paper_brings_its_findings(assistant: Make, tmp_path: Path) -> None:
    a = assistant()
    a.ingest(paper(tmp_path / "a.pdf", ROSE, FELL))
    record = a.diff(LONG_AGO).to_dict()
    assert [p["paper_title"] for p in record["papers"]["new"]] == ["Counting reeds from the air"]
    assert {ROSE, FELL} <= set(quotes(record["findings"]["new"]))
    assert record["findings"]["gone"] == record["findings"]["altered"] == []


def test_a_new_version_tells_what_came_what_went_and_what_was_altered(assistant: Make, tmp_path: Path) -> None:
    a = assistant()
    a.ingest(paper(tmp_path / "a.pdf", ROSE, FELL))
    between = datetime.now(UTC).isoformat()
    came = "In the control plots recall was 0.81, higher than in any earlier year of the study."
    a.ingest(paper(tmp_path / "a.pdf", CORRECTED, came))
    record = a.diff(between).to_dict()
    assert not record["papers"]["new"]
    assert [p["paper_title"] for p in record["papers"]["altered"]] == ["Counting reeds from the air"]
    assert quotes(record["findings"]["new"]) == [came]
    assert quotes(record["findings"]["gone"]) == [FELL]
    (altered,) = record["findings"]["altered"]
    assert (altered["before"]["quote"], altered["after"]["quote"]) == (ROSE, CORRECTED)


def test_what_came_and_was_altered_since_is_simply_new(assistant: Make, tmp_path: Path) -> None:
    a = assistant()
    a.ingest(paper(tmp_path / "a.pdf", ROSE))
    a.ingest(paper(tmp_path / "a.pdf", CORRECTED))
    record = a.diff(LONG_AGO).to_dict()
    assert quotes(record["findings"]["new"]) == [CORRECTED]
    assert not record["findings"]["altered"]
    assert not record["papers"]["altered"]


def test_nothing_changed_is_said(assistant: Make, tmp_path: Path) -> None:
    a = assistant()
    a.ingest(paper(tmp_path / "a.pdf", ROSE))
    now = datetime.now(UTC).isoformat()
    a.ingest(tmp_path / "a.pdf")
    assert a.diff(now).papers == ()
    assert "nothing changed" in str(a.diff(now))


def test_a_removed_paper_is_told_by_its_title_and_its_words_are_forgotten(assistant: Make, tmp_path: Path) -> None:
    a = assistant()
    a.ingest([paper(tmp_path / "a.pdf", ROSE), paper(tmp_path / "b.pdf", FELL, title="Other reeds", seed=50)])
    between = datetime.now(UTC).isoformat()
    a.remove("a.pdf")
    diff = a.diff(between)
    assert [(p.what, p.title) for p in diff.papers] == [("gone", "Counting reeds from the air")]
    assert ROSE not in str(a.diff(LONG_AGO).to_dict())
    assert [p.title for p in a.diff(LONG_AGO).papers] == ["Counting reeds from the air", "Other reeds"]


def test_what_was_not_noted_before_a_kill_is_noticed_later(
    assistant: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a = assistant()
    with monkeypatch.context() as killed:
        killed.setattr("ingestion.batch.notice", lambda store, journal: 0)
        a.ingest(paper(tmp_path / "a.pdf", ROSE))
    assert ROSE in quotes(a.diff(LONG_AGO).to_dict()["findings"]["new"])


def test_the_command_line_tells_it_in_words_and_as_a_record(here: Run, tmp_path: Path) -> None:
    assert here("ingest", paper(tmp_path / "a.pdf", ROSE)).code == 0
    said = here("diff", "--since", "1h")
    assert said.code == 0
    assert "Counting reeds from the air" in said.out
    record = here("diff", "--since", "1h", "--json").json
    assert record["schema"] == 1
    assert len(record["papers"]["new"]) == 1
    here("diff", "--since", "yesterdayish", "--json").refused("moment")


def test_moments_are_dates_times_or_how_long_ago() -> None:
    now = datetime(2026, 5, 8, 12, tzinfo=UTC)
    assert moment("7d", now).startswith("2026-05-01T12:00")
    assert moment("90m", now).startswith("2026-05-08T10:30")
    assert moment("2026-05-01T10:00+02:00").startswith("2026-05-01T08:00")
    for wrong in ("", "soon", "7", "99999999999d", "2026-13-01"):
        with pytest.raises(UsageError):
            moment(wrong)


words = st.lists(st.sampled_from(["a rose", "b fell", "c stayed", "d doubled"]), unique=True)


@given(st.lists(words, min_size=2, max_size=5))
def test_the_net_of_many_changes_is_the_change_between_the_ends(states: list[list[str]]) -> None:
    said = [[Said(i.split()[0], i, "result") for i in state] for state in states]
    steps = [PaperChange("altered", "p", "T", *changes._difference(before, now)) for before, now in pairwise(said)]
    net = changes._net(steps)
    assert net is not None
    new, gone, altered = changes._difference(said[0], said[-1])
    assert not altered
    assert {s.id for s in net.new} == {s.id for s in new}
    assert {s.id for s in net.gone} == {s.id for s in gone}
