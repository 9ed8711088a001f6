"""How relations are scored: overlap of quotes, near-misses, versions, pairs checked by hand."""

from __future__ import annotations

from evaluation.relations import FoundPair, GoldPair, Quoted, located, macro_f1, overlap, scored, sure, together

RAIN = Quoted("rain", "In heavy rain the score rose from 0.38 to 0.42 on all clips.")
DRY = Quoted("dry", "In heavy rain the score stayed where it was, at 0.38.")
WIND = Quoted("wind", "In strong wind the score fell by a third of its value.")
GOLD = [GoldPair("r1", RAIN, DRY, "contradict"), GoldPair("r2", RAIN, WIND, "near-miss")]


def found(a: Quoted, b: Quoted) -> FoundPair:
    return FoundPair(a, b, "contradicts")


def test_a_pair_counts_in_either_order_and_where_quotes_overlap() -> None:
    part = Quoted("rain", "the score rose from 0.38 to 0.42 on all clips. We saw more.")
    for pair in (found(RAIN, DRY), found(DRY, part)):
        score = scored([pair], GOLD)["contradicts"]
        assert (score.gold, score.hit, score.right, score.precision, score.recall) == (1, 1, 1, 1.0, 1.0)


def test_near_misses_unlisted_and_missed_are_told_apart() -> None:
    score = scored([found(RAIN, WIND), found(DRY, WIND)], GOLD)["contradicts"]
    assert (score.right, score.near_misses, score.unlisted, score.missed) == (0, 1, 1, ("r1",))
    assert score.precision == score.recall == 0


def test_the_wrong_kind_is_wrong() -> None:
    scores = scored([FoundPair(RAIN, DRY, "supports")], GOLD)
    assert (scores["supports"].right, scores["contradicts"].hit) == (0, 0)


def test_a_version_stands_for_its_base_only_with_the_same_words() -> None:
    same, other = Quoted("rain-v2", RAIN.quote), Quoted("rain-v2", RAIN.quote.replace("0.42", "0.41"))
    assert scored([found(same, DRY)], GOLD, {"rain-v2": "rain"})["contradicts"].right == 1
    assert scored([found(same, DRY)], GOLD)["contradicts"].right == 0
    assert scored([found(other, DRY)], GOLD, {"rain-v2": "rain"})["contradicts"].right == 0


def test_checked_pairs_are_right_but_not_asked_for() -> None:
    checked = [GoldPair("c1", DRY, WIND, "contradict")]
    score = scored([found(DRY, WIND)], GOLD, checked=checked)["contradicts"]
    assert (score.right, score.listed, score.gold, score.hit) == (1, 0, 1, 0)
    assert together([score, score]).right == 2


def test_overlap_needs_half_of_the_shorter() -> None:
    assert overlap("one two three four five", "zero one two three four five six")
    assert not overlap("one two three four five", "one two nine ten eleven twelve")
    assert not overlap("", "one two three")


def test_macro_f1_by_hand() -> None:
    assert macro_f1(["a", "a", "b"], ["a", "b", "b"]) == (2 / 3 + 2 / 3) / 2
    assert macro_f1(["a", "b"], ["a", "a"]) == (2 / 3) / 2


def test_a_quote_is_located_in_the_passage_that_holds_most_of_it() -> None:
    assert (
        located("the score rose from one to two", ["nothing here at all", "we saw the score rose from one to two"]) == 1
    )


def test_checked_pairs_are_well_formed() -> None:
    assert {pair.relation for pair in sure()} == {"agree", "contradict"}
