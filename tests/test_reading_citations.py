"""Citations in running text: which entries they mean, and what is no citation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_pages import document_of, line, style

from hierarchy.paper import Cite, Reference
from hierarchy.positions import Positions
from ingestion.pages import Line, Word
from ingestion.reading.lines.joining import Vocabulary, join
from ingestion.reading.references.citations import Citations, raised_spans
from ingestion.reading.references.names import split_names


def reference(number: int, authors: str, year: int, marker: str | None = None, letter: str = "") -> Reference:
    text = f"{marker or ''} {authors} ({year}{letter}). Reeds."
    return Reference(f"r{number}", marker, text, Positions(), "Reeds", split_names(authors), year)


NAMED = (
    reference(1, "Fenwick, A., Haldane, B. and Ivory, C.", 2019),
    reference(2, "Fenwick, A.", 2020, letter="a"),
    reference(3, "Fenwick, A.", 2020, letter="b"),
    reference(4, "Haldane, B. and Ivory, C.", 2019),
    reference(5, "van der Ley, D.", 2001),
    reference(6, "Reed Health Organization", 2018),
)
COUNTED = tuple(reference(i, "Fenwick, A.", 2000 + i, f"[{i}]") for i in range(1, 21))


def cited(
    text: str, references: tuple[Reference, ...], body: str = "as [3] and [4] say"
) -> list[tuple[str, list[str]]]:
    citations = Citations(references, document_of([line(body)]))
    return [(c.text, list(c.references)) for c in citations.of(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Reeds grow (Fenwick et al., 2019).", [("(Fenwick et al., 2019)", ["r1"])]),
        ("Fenwick et al. (2019) say so.", [("Fenwick et al. (2019)", ["r1"])]),
        ("In Fenwick (2020a) too.", [("Fenwick (2020a)", ["r2"])]),
        ("(see Fenwick, 2020a, b; Haldane & Ivory 2019, p. 4)",
         [("(see Fenwick, 2020a, b; Haldane & Ivory 2019, p. 4)", ["r2", "r3", "r4"])]),
        ("by van der Ley (2001) and others (RHO, 2018)", [("van der Ley (2001)", ["r5"]), ("(RHO, 2018)", ["r6"])]),
        ("Haldane and Ivory’s (2019) model", [("Haldane and Ivory’s (2019)", ["r4"])]),
        ("Fenwick et al. (2019, 2020a)", [("Fenwick et al. (2019, 2020a)", ["r1", "r2"])]),
        ("in the summer of 2019, at [0, 1] and (2020)", []),
        ("In April (2019) Jarnvik (2019) and (Kesterman, 2020) grew", []),
        ("between 2019 and 2020 we counted [1, 2] reeds", []),
    ],
)  # fmt: skip
def test_names_with_years_are_tied(text: str, expected: list[tuple[str, list[str]]]) -> None:
    assert cited(text, NAMED) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("reeds [3, 5–7] grow", [("[3, 5–7]", ["r3", "r5", "r6", "r7"])]),
        ("see [12, p. 4] and [2,Theorem 3]", [("[12, p. 4]", ["r12"]), ("[2,Theorem 3]", ["r2"])]),
        ("reeds [3]–[5], ice", [("[3]–[5]", ["r3", "r4", "r5"])]),
        ("[see 2; 4]", [("[see 2; 4]", ["r2", "r4"])]),
        ("for x ∈ [1, 2] and t in [0, 1] of F[1] on the interval [1, 20]", []),
        ("in [99], [note] and [2 + y]", []),
    ],
)
def test_numbers_in_brackets_are_tied(text: str, expected: list[tuple[str, list[str]]]) -> None:
    assert cited(text, COUNTED) == expected


def test_keys_are_tied() -> None:
    keyed = (reference(1, "Fenwick, A.", 2019, "[Fen19]"), reference(2, "Haldane, B.", 2020, "[HI+20]"))
    assert cited("as [Fen19, HI+20] and [Xyz21] say", keyed) == [("[Fen19, HI+20]", ["r1", "r2"])]


def test_numbers_in_parentheses_are_tied_only_where_the_paper_cites_by_them() -> None:
    body = "as shown (3), in lakes (4, 5) and in ponds (7)"
    assert cited("so it is (2, 3), by Eq. (4)", COUNTED, body) == [("(2, 3)", ["r2", "r3"])]
    assert cited("so it is (2, 3)", COUNTED) == []


def with_raised(texts: list[tuple[str, bool]]) -> Line:
    made = line(" ".join(text for text, _ in texts))
    made.words = [w._replace(style=style(raised=r)) for w, (_, r) in zip(made.words, texts, strict=True)]
    made.words.append(Word("lakes14,15.", (400, 100, 440, 110), style(), (5, 10)))
    made.refresh()
    return made


def test_raised_numbers_are_tied_where_the_paper_cites_by_them() -> None:
    printed = with_raised([("reeds", False), ("3", True), ("and", False), ("ice", False), ("4–6", True)])
    document = document_of([printed])
    text, _ = join([printed], Vocabulary(document))
    raised = raised_spans([printed], text)
    assert [text[a:b] for a, b in raised] == ["3", "4–6", "14,15"]
    assert Citations(COUNTED, document).of(text, raised) == (
        Cite("3", ("r3",)),
        Cite("4–6", ("r4", "r5", "r6")),
        Cite("14,15", ("r14", "r15")),
    )
    bracketed = document_of([printed, *[line("as [1], [2] and [3] say")] * 3])
    assert Citations(COUNTED, bracketed).of(text, raised) == ()  # marks of footnotes


def test_without_references_nothing_is_cited() -> None:
    assert Citations((), document_of([line("as [3] says")])).of("as [3] says (Fenwick, 2019)") == ()


@given(st.text(st.sampled_from("Fenwick Haldane2019ab&,;()[]–. et al3"), max_size=200))
def test_citations_stand_in_their_text_in_order(text: str) -> None:
    at = 0
    for cite in Citations(NAMED + COUNTED, document_of([line("as [3] says")])).of(text):
        at = text.index(cite.text, at) + len(cite.text)
        assert cite.references
