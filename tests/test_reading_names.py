"""Names, addresses, keywords and languages, read from the texts that first pages print."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.reading.front.contacts import addresses, share_out
from ingestion.reading.front.keywords import split
from ingestion.reading.front.language import language_of
from ingestion.reading.front.names import CLOSE, OPEN, read_names, with_accents


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        ("Ada Fenwick1 Tom Reeve2 and Ines Calder1,2", ["Ada Fenwick", "Tom Reeve", "Ines Calder"]),
        ("Ada Fenwick∗and Tom Reeve†", ["Ada Fenwick", "Tom Reeve"]),
        ("Fenwick, Ada; Reeve, Tom B.", ["Ada Fenwick", "Tom B. Reeve"]),
        (f"De Wit, Ada{OPEN}1,2{CLOSE}, and Reeve, Tom{OPEN}3{CLOSE}", ["Ada De Wit", "Tom Reeve"]),
        (
            "Ada FENWICK, Jean-Luc d’Arc & Tom Reeve, Ph.D., Member, IEEE",
            ["Ada FENWICK", "Jean-Luc d’Arc", "Tom Reeve"],
        ),
        ("Piotr Szyma´nski, Erion Ç elik, Franc¸ois Le Roux", ["Piotr Szymański", "Erion Çelik", "François Le Roux"]),
        ("张伟1, 李小娜2 王芳", ["张伟", "李小娜", "王芳"]),
        ("محمد علي1، فاطمة حسن2", ["محمد علي", "فاطمة حسن"]),
        ("Plato1, Ada Fenwick2, and the Reed Core Team", ["Plato", "Ada Fenwick", "Reed Core Team"]),
        ("Department of Marshes, University of Wetlands, Delft, Netherlands", []),
        ("Reed beds stand in shallow water and are cut in winter", []),
    ],
)
def test_names_are_told_apart_however_they_are_printed(printed: str, names: list[str]) -> None:
    assert [n.name for n in read_names(printed)] == names


def test_addresses_in_groups_find_their_owners() -> None:
    found = [a.email for a in addresses("{ada.fenwick, tr}@x.org, calder@y.ac.uk; firstname.lastname@z.org")]
    assert found == ["ada.fenwick@x.org", "tr@x.org", "calder@y.ac.uk"]
    assert share_out(found, ["Tom Reeve", "Ada Fenwick", "Ines Calder"]) == {
        0: "tr@x.org",
        1: "ada.fenwick@x.org",
        2: "calder@y.ac.uk",
    }
    short = share_out(["bo@x.org", "tr@x.org"], ["Bo Lind", "Ada Fenwick", "Tom Reeve"])
    assert short == {0: "bo@x.org", 2: "tr@x.org"}
    assert share_out(["office@x.org"], ["Ada Fenwick", "Tom Reeve"]) == {}


def test_keywords_are_split_at_the_separator_that_is_used() -> None:
    assert split("reed beds, in winter; warblers; ice.", []) == ["reed beds, in winter", "warblers", "ice"]
    assert split("reed · warblers · ice", []) == ["reed", "warblers", "ice"]
    assert split("reed, warblers and ice", []) == ["reed", "warblers and ice"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Reed beds stand in shallow water and are cut in winter when the ice bears. " * 4, "en"),
        (
            "Die Vögel kehren im Frühjahr in das Schilf zurück und werden von den Leuten gezählt, die es mähen. " * 3,
            "de",
        ),
        (
            "Les oiseaux reviennent au printemps dans les roseaux et sont comptés par des gens qui les coupent. " * 3,
            "fr",
        ),
        ("我们研究了芦苇收割对鸟类数量的影响并在三年内进行了统计。" * 4, "zh"),
        ("私たちは葦の刈り取りが鳥の数に与える影響を三年間にわたって調べた。" * 4, "ja"),
        ("Tutkimme ruokojen niiton vaikutusta lintujen määrään kolmen vuoden aikana järvien rannoilla. " * 3, "fi"),
        ("Reed.", None),
        ("", None),
    ],
)
def test_the_language_is_told_where_there_is_text_enough(text: str, language: str | None) -> None:
    assert language_of(text) == language


@given(st.text(max_size=300))
def test_no_text_breaks_the_reading_of_names_and_addresses(text: str) -> None:
    for named in read_names(text):
        assert named.name.strip() == named.name != ""
    assert all("@" in a.email for a in addresses(text))
    with_accents(text)
    language_of(text)


@pytest.mark.parametrize("piece", ["{a,", "a.", "A ", "1,", "∗", "´", "a@", "Ada,", f"{OPEN}1"])
def test_reading_hostile_text_takes_linear_time(piece: str) -> None:
    start = time.process_time()
    read_names(piece * 4_000)
    addresses(piece * 4_000)
    assert time.process_time() - start < 3
