"""What is read from the reply of a language model, however it is wrapped, cut off or broken."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.writing.replies import MOST_STARTS, UnreadableError, numbers_of, objects, one_object

ENTRIES: list[dict[str, Any]] = [
    {"claim": 'It "rose" {by} 3].', "evidence": [1]},
    {"claim": "B", "values": [{"value": 2}]},
]
LIST = json.dumps(ENTRIES)


@pytest.mark.parametrize(
    "reply",
    [
        LIST,
        f"```json\n{LIST}\n```",
        f"Sure! Here it is:\n{LIST}\nLet me know whether [this] helps {{or}} not.",
        json.dumps({"findings": ENTRIES}),
        "\n".join(json.dumps(e) for e in ENTRIES),
        LIST.replace("}, {", "},, {"),
        LIST[:-1],  # the list is not closed
    ],
)
def test_a_list_is_read_however_it_is_wrapped(reply: str) -> None:
    assert objects(reply) == ENTRIES


def test_what_stands_before_a_cut_is_read() -> None:
    assert objects(LIST[:-8])[0] == ENTRIES[0]
    assert ENTRIES[1] not in objects(LIST[:-8])


def test_no_numbers_are_none() -> None:
    assert objects('[{"value": NaN, "baseline": -Infinity}]') == [{"value": None, "baseline": None}]


def test_an_empty_list_is_an_answer() -> None:
    assert objects("[]") == objects("Nothing found: [ ]") == objects('{"findings": []}') == []


@pytest.mark.parametrize("reply", ["", "I cannot do that.", "null", "42", '"[1]"', "{", "{]}", "[1, 2]"])
def test_a_reply_without_an_object_cannot_be_read(reply: str) -> None:
    with pytest.raises(UnreadableError):
        objects(reply)
    with pytest.raises(UnreadableError):
        one_object(reply)


@pytest.mark.parametrize("reply", ["{" * 500_000, "[" * 500_000, '{"a":' * 100_000, '{"' * 300_000])
def test_a_reply_without_end_holds_nothing(reply: str) -> None:
    with pytest.raises(UnreadableError):
        objects(reply)


def test_a_reply_of_very_many_objects_is_read_as_far_as_it_goes() -> None:
    assert 0 < len(objects("{}" * 200_000)) <= MOST_STARTS


def test_numbers_of_sentences() -> None:
    assert numbers_of([1, "2", "S3", "[4]", 1]) == [1, 2, 3, 4]
    assert numbers_of(7) == [7]
    wrongs: list[object] = [True, None, [1.5], ["first"], [[1]], "9" * 20, {}]
    for wrong in wrongs:
        assert numbers_of(wrong) is None


@settings(deadline=None)
@given(st.text(max_size=300), st.text(max_size=50))
def test_no_reply_breaks_the_reader(text: str, inside: str) -> None:
    for reply in (text, "{" + text, f'[{{"a": "{inside}"}}{text}', text + LIST):
        with suppress(UnreadableError):
            assert all(isinstance(entry, dict) for entry in objects(reply))
