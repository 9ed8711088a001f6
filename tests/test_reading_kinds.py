"""Kinds of sections: from headings, from the section above, from text and place."""

from __future__ import annotations

import pytest

from ingestion.reading.headings.kinds import Told, kind_from_text, kind_of, settle


@pytest.mark.parametrize(
    ("heading", "parent", "kind"),
    [
        ("Comparison of models", "result", "result"),
        ("Comparison of models", None, "result"),
        ("Training", "method", "method"),
        ("Threats to validity", "discussion", "limitation"),
        ("Datos", None, "data"),
        ("实验结果", None, "result"),
        ("Reeds", "background", "background"),
    ],
)
def test_a_heading_tells_its_kind_unless_the_one_above_knows_better(
    heading: str, parent: str | None, kind: str
) -> None:
    assert kind_of(heading, None, parent) == kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The corpus contains letters. Three annotators marked them; inter-annotator agreement was high.", "data"),
        ("Table 3 shows the scores. Our reeds outperform the others, and the best are tall.", "result"),
        ("We propose a lake. Let us call it L, which is defined as water.", "method"),
        ("This was supported by the lake. We thank the reeds.", "acknowledgement"),
        ("Reeds are tall.", "other"),
        ("", "other"),
    ],
)
def test_text_tells_a_kind_where_the_heading_does_not(text: str, kind: str) -> None:
    assert kind_from_text(text, before=["introduction"]) == kind


def test_a_section_that_its_subsections_tell_has_their_kind_and_others_below_inherit_it() -> None:
    told = [
        Told("introduction", 1, "Reeds."),
        Told("other", 1, ""),
        Told("other", 2, "We propose a lake, which is defined as water."),
        Told("other", 2, "Reeds."),
        Told("result", 1, "Reeds."),
    ]
    assert settle(told) == ["introduction", "method", "method", "method", "result"]
