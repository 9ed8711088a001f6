"""Which pairs of findings are compared: the nearest of each, whatever the size of the pool."""

from __future__ import annotations

from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hierarchy.encoder import Matrix
from hierarchy.relations import candidates
from hierarchy.relations.candidates import FLOOR, NEAREST, OTHERS_FLOOR, OTHERS_NEAREST, near_pairs

OF_A_PAPER = 4


def findings(count: int, seed: int = 1) -> tuple[Matrix, list[int]]:
    vectors = np.random.default_rng(seed).normal(size=(count, 6)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True), [i // OF_A_PAPER for i in range(count)]


def nearest(
    vectors: Matrix, papers: list[int], row: int, among: range, most: int, floor: float
) -> set[tuple[int, int]]:
    """The plain way: the nearest of a row among some others, as pairs."""
    cosines = vectors @ vectors[row]
    others = [i for i in among if papers[i] != papers[row] and cosines[i] > floor]
    best = sorted(others, key=lambda i: -cosines[i])[:most]
    return {(min(row, i), max(row, i)) for i in best}


@given(st.integers(2, 90), st.integers(1, 50), st.integers(0, 1_000))
@settings(max_examples=40, deadline=None)
def test_each_new_finding_comes_with_its_nearest(count: int, block: int, seed: int) -> None:
    vectors, papers = findings(count, seed)
    wanted = {p for i in range(count) for p in nearest(vectors, papers, i, range(count), NEAREST, FLOOR)}
    with mock.patch.object(candidates, "BLOCK", block):
        found = list(near_pairs(vectors, papers, count))
    assert {(i, j) for i, j, _ in found} == wanted
    assert [(i, j) for i, j, _ in found] == sorted(wanted)
    assert all(cosine == pytest.approx(float(vectors[i] @ vectors[j]), abs=1e-5) for i, j, cosine in found)


@pytest.mark.parametrize("block", [7, 2048])
def test_others_are_compared_with_new_ones_alone(block: int) -> None:
    vectors, papers = findings(200)
    new = 2 * OF_A_PAPER
    wanted = {p for i in range(new) for p in nearest(vectors, papers, i, range(200), NEAREST, FLOOR)}
    for i in range(new, 200):
        wanted |= nearest(vectors, papers, i, range(new), OTHERS_NEAREST, OTHERS_FLOOR)
    with mock.patch.object(candidates, "BLOCK", block):
        assert {(i, j) for i, j, _ in near_pairs(vectors, papers, new)} == wanted


def test_of_very_many_findings_fewer_are_compared_with_each() -> None:
    vectors, papers = findings(300)
    with mock.patch.object(candidates, "MOST", 1_200):
        few = list(near_pairs(vectors, papers, 300))
    assert len(few) <= 300 * 4 < len(list(near_pairs(vectors, papers, 300)))


def test_findings_that_all_say_the_same_are_not_all_compared() -> None:
    vectors = np.ones((400, 3), np.float32) / np.float32(np.sqrt(3))
    assert len(list(near_pairs(vectors, list(range(400)), 400))) <= 400 * NEAREST


def test_nothing_new_is_compared_with_nothing() -> None:
    vectors, papers = findings(8)
    assert list(near_pairs(vectors, papers, 0)) == []
    assert list(near_pairs(vectors[:1], papers[:1], 1)) == []
    assert list(near_pairs(vectors[:4], papers[:4], 4)) == []  # of one paper
