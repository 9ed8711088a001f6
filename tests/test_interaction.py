"""Late interaction and cosine over tokens that were read."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hierarchy.encoder import Tokens, unit
from retrieval.interaction import cosines, inverse_frequency, late_interaction


def tokens(ids: list[int], weights: list[float] | None = None, width: int = 40) -> Tokens:
    """Tokens whose vectors are axes, one for each id."""
    vectors = np.eye(width, dtype=np.float32)[ids] if ids else np.zeros((0, width), np.float32)
    return Tokens(
        np.array(ids, np.int64),
        np.array([(i, i + 1) for i in range(len(ids))]).reshape(-1, 2),
        vectors,
        unit(vectors.sum(axis=0)),
        np.array(weights or [1.0] * len(ids)),
    )


def test_the_passage_that_has_the_questions_words_is_first() -> None:
    question, passages = tokens([1, 2]), [tokens([3, 4]), tokens([1, 2, 5]), tokens([1, 6, 7])]
    assert late_interaction(question, passages).tolist() == pytest.approx(
        [0.0, 1.0, late_interaction(question, passages)[2]]
    )
    assert 0 < late_interaction(question, passages)[2] < 1
    assert int(cosines(question, passages).argmax()) == 1


def test_a_rare_word_counts_more_than_one_that_all_passages_have() -> None:
    rare, common = tokens([1, 9]), tokens([2, 9])
    passages = [rare, common, common, common]
    scores = late_interaction(tokens([1, 2]), passages)
    assert scores[0] > scores[1]


def test_a_word_that_the_encoder_deems_worthless_does_not_count() -> None:
    passages = [tokens([1]), tokens([2])]
    assert late_interaction(tokens([1, 2], [1e-9, 1.0]), passages).tolist() == pytest.approx([0, 1], abs=1e-6)


def test_rarity_can_be_counted_elsewhere() -> None:
    passages, library = [tokens([1]), tokens([2])], [tokens([1]), *[tokens([2])] * 9]
    assert late_interaction(tokens([1, 2]), passages)[0] == pytest.approx(0.5)
    assert late_interaction(tokens([1, 2]), passages, among=library)[0] > 0.7


def test_nothing_to_compare_gives_zeros() -> None:
    assert late_interaction(tokens([]), [tokens([1])]).tolist() == [0]
    assert late_interaction(tokens([1]), [tokens([]), tokens([1])]).tolist() == [0, 1]
    assert late_interaction(tokens([1]), []).tolist() == []
    assert cosines(tokens([1]), []).tolist() == []


@given(st.integers(0, 50), st.integers(1, 50))
def test_inverse_frequency_is_above_zero_and_falls(seen: int, more: int) -> None:
    of = seen + more
    assert inverse_frequency(seen, of) > inverse_frequency(seen + 1, of) > 0
