"""Rules: golds choose among 42, in any order, and without any the rule is the one of before."""

from collections import Counter
from math import log
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.qa.agreement.choice import tally
from services.qa.agreement.choice.learned import NOTHING_LEARNED, LearnedAgreement
from services.qa.agreement.choice.learning import learned_of
from services.qa.agreement.choice.prior import class_prior
from services.qa.agreement.choice.rules import RULES, Rule, chosen, rule_lesson
from services.qa.agreement.terms import Ballot
from tests.services.qa.agreement.choice.builders import OPTIONS, Votes, ballots_of, votes

EVEN = class_prior({}, OPTIONS[:2])


def scores(*answers: str, truth: str, weight: float = 0.8) -> dict[str, int]:
    """Score the rules at a gold with these answers, each of the same weight under every mix."""
    return rule_lesson(ballots_of(*answers), EVEN, truth, lambda _, __: weight)


def test_there_are_42_rules_with_a_counter_each() -> None:
    assert len({rule.field for rule in RULES}) == len(RULES) == 42
    assert Rule() in RULES
    assert Rule().cost_milli == 0


def test_without_golds_the_rule_is_as_before() -> None:
    assert chosen({}) == Rule()
    assert learned_of({}, OPTIONS) == NOTHING_LEARNED == LearnedAgreement()


def test_golds_on_which_all_err_lower_the_damping() -> None:
    counters: Counter[str] = Counter()
    for at in range(20):
        counters.update(scores("cat", "cat", "cat", truth="dog" if at % 2 else "cat"))
    assert chosen(counters).damping < Rule().damping


def test_golds_that_all_have_right_raise_the_damping() -> None:
    counters: Counter[str] = Counter()
    for _ in range(20):
        counters.update(scores("cat", "cat", truth="cat"))
    assert chosen(counters).damping == 1.0


def test_a_rare_option_turns_the_prior_on() -> None:
    common = class_prior({"answers": 1000, "likely_milli:cat": 950_000}, OPTIONS[:2])
    counters: Counter[str] = Counter()
    for _ in range(40):
        ballots = [Ballot("a-1", "w-1", "dog")]
        counters.update(rule_lesson(ballots, common, "cat", lambda _, __: 0.6))
    assert chosen(counters).prior
    assert common["cat"] > 0.8


def test_a_score_is_the_log_of_what_the_truth_was_given() -> None:
    score = scores("cat", truth="cat")[Rule(1.0, 0.5).field]
    assert score == round(1000 * log(0.8))
    assert scores(*["cat"] * 60, truth="dog")[Rule().field] == round(1000 * log(0.0001))


def test_a_truth_that_is_no_option_teaches_nothing() -> None:
    assert scores("cat", truth="yeti") == {}


@given(st.lists(votes(), max_size=6), st.randoms(use_true_random=False))
def test_folding_golds_shuffled_chooses_the_same(golds: list[Votes], chance: Random) -> None:
    def folded(some: list[Votes]) -> Rule:
        counters: Counter[str] = Counter()
        for options, ballots, weights in some:
            even = class_prior({}, options)
            given_ = {b.assignment_id: weights[b.assignment_id] for b in ballots}
            counters.update(
                rule_lesson(
                    chance.sample(ballots, len(ballots)),
                    even,
                    options[0],
                    lambda b, _, w=given_: w[b.assignment_id],  # type: ignore[misc]
                )
            )
        return chosen(counters)

    assert folded(golds) == folded(chance.sample(golds, len(golds)))


@given(votes(), st.sampled_from(RULES), st.data())
def test_under_any_rule_one_more_who_agrees_never_lowers_an_option(
    cast: Votes, rule: Rule, data: st.DataObject
) -> None:
    options, ballots, weights = cast
    prior = class_prior({"answers": 90, "likely_milli:cat": 80_000}, options)
    learned = LearnedAgreement(damping=rule.damping, prior=prior if rule.prior else None)
    answer = data.draw(st.sampled_from(options))
    more = {"a-more": data.draw(st.floats(1 / len(options), 0.97))}
    before = tally(ballots, options, weights, learned)
    after = tally([*ballots, Ballot("a-more", "w-more", answer)], options, weights | more, learned)
    assert after.distribution[answer] >= before.distribution[answer]


def test_before_any_answer_an_option_is_as_probable_as_its_prior() -> None:
    prior = {"cat": 0.9, "dog": 0.1}
    counted = tally([], OPTIONS[:2], {}, LearnedAgreement(prior=prior))
    assert counted.distribution == pytest.approx(prior)
    assert counted.answer is None
