"""When a verdict is reached, what it says, and when one more answer is asked for."""

import json

import pytest

from services.qa.agreement.choice import tally
from services.qa.agreement.terms import Ballot
from shared.contracts.events.model import Event
from shared.contracts.events.verdicts import ReviewRequested, VerdictReached
from shared.contracts.question import text_of
from shared.contracts.topics import VERDICTS
from tests.services.qa.in_memory import (
    BIRD,
    CAT,
    DOG,
    SURE,
    UNSURE,
    answers,
    qa_after,
    verdict_after,
)
from tests.support.builders import a_closing, a_policy, a_task, a_waiver, an_answer


def standings(verdict: VerdictReached) -> dict[str, str]:
    return {vote.worker_id: vote.standing for vote in verdict.votes}


# --- why asking stops --------------------------------------------------------------------------

CASES: dict[str, tuple[list[Event], str | None, str | None]] = {
    "sure enough at the least": (
        [a_task(policy=SURE), *answers(w_1=CAT, w_2=CAT)],
        "confident",
        CAT,
    ),
    "the most is in": (
        [a_task(policy=UNSURE), *answers(w_1=CAT, w_2=CAT, w_3=DOG)],
        "budget",
        CAT,
    ),
    "closed with fewer than the least": (
        [a_task(policy=SURE), *answers(w_1=DOG), a_closing(["a-t-1-w-1"])],
        "exhausted",
        DOG,
    ),
    "closed after a review": (
        [
            a_task(policy=UNSURE),
            *answers(w_1=CAT, w_2=DOG),
            a_closing(["a-t-1-w-1", "a-t-1-w-2"]),
        ],
        "exhausted",
        CAT,
    ),
    "closed with nobody": ([a_task(policy=SURE), a_closing()], "exhausted", None),
    "closed with late answers only": (
        [a_task(policy=SURE), an_answer("w-1", CAT, late=True), a_closing()],
        "exhausted",
        None,
    ),
    "closed by a verdict nobody knows of": (
        [a_task(policy=SURE), *answers(w_1=CAT), a_closing(["a-t-1-w-1"], reason="verdict")],
        "exhausted",
        CAT,
    ),
    "closed before the second answer it names": (
        [a_task(policy=SURE), *answers(w_1=CAT), a_closing(["a-t-1-w-1", "a-t-1-w-2"])],
        None,
        None,
    ),
    "closed naming an answer that came late": (
        [a_task(policy=SURE), an_answer("w-1", CAT, late=True), a_closing(["a-t-1-w-1"])],
        "exhausted",
        None,
    ),
    "too few": ([a_task(policy=SURE), *answers(w_1=CAT)], None, None),
    "late ones fill no seat": (
        [a_task(policy=SURE), *answers(w_1=CAT), an_answer("w-2", CAT, late=True)],
        None,
        None,
    ),
    "one worker fills one seat": (
        [
            a_task(policy=SURE),
            an_answer("w-1", CAT, assignment_id="a-1"),
            an_answer("w-1", CAT, assignment_id="a-2"),
        ],
        None,
        None,
    ),
    "votes of an unknown task": ([*answers(w_1=CAT, w_2=CAT), a_closing()], None, None),
    "the gate let it stand": ([a_waiver(answer=BIRD)], "waived", BIRD),
    "the gate let nothing stand": ([a_waiver(answer=None, probability=0)], "waived", None),
}


@pytest.mark.parametrize("case", CASES)
def test_asking_stops_for_a_reason(case: str) -> None:
    events, reason, answer = CASES[case]

    found = [(v.stop_reason, v.answer) for v in qa_after(*events).of(VerdictReached)]

    assert found == ([] if reason is None else [(reason, answer)])


def test_an_answer_nobody_gave_has_no_probability() -> None:
    verdict = verdict_after(a_task(), a_closing())

    assert verdict.answer is None
    assert verdict.probability == 0
    assert verdict.votes == ()
    assert verdict.lessons == {}


def test_a_verdict_says_whose_output_it_is_about() -> None:
    task = a_task(policy=SURE)
    verdict = verdict_after(task, *answers(w_1=CAT, w_2=CAT))

    assert verdict.ref == task.ref
    assert verdict.created_at == task.at
    assert verdict.by == "people"
    assert verdict.wanted == 2


def test_a_waived_outputs_verdict_is_the_models() -> None:
    waiver = a_waiver(answer=CAT, probability=0.97)
    verdict = verdict_after(waiver)

    assert verdict.by == "model"
    assert verdict.probability == 0.97
    assert verdict.ref == waiver.ref
    assert verdict.distribution == {CAT: 0.97}


# --- one more ----------------------------------------------------------------------------------


def test_one_more_is_asked_for_once_per_number_wanted() -> None:
    running = qa_after(a_task(policy=UNSURE), *answers(w_1=CAT, w_2=DOG))
    running.forget_outcomes()
    running.hear(a_task(policy=UNSURE), *answers(w_1=CAT, w_2=DOG))

    assert [review.wanted for review in running.of(ReviewRequested)] == [3]


def test_what_is_asked_for_rises_one_by_one_to_the_most() -> None:
    policy = a_policy(answers_min=1, answers_max=4, confidence=0.9999)
    running = qa_after(a_task(policy=policy), *answers(w_1=CAT, w_2=DOG, w_3=BIRD, w_4=CAT))

    assert [review.wanted for review in running.of(ReviewRequested)] == [2, 3, 4]
    assert [verdict.stop_reason for verdict in running.of(VerdictReached)] == ["budget"]


def test_a_closed_task_is_not_asked_about_again() -> None:
    events = [a_closing(["a-t-1-w-1", "a-t-1-w-2"]), *answers(w_1=CAT, w_2=DOG)]
    running = qa_after(a_task(policy=UNSURE), *events)

    assert not running.of(ReviewRequested)
    assert [verdict.stop_reason for verdict in running.of(VerdictReached)] == ["exhausted"]


def test_an_answer_that_comes_again_is_not_judged_anew_by_other_reliabilities() -> None:
    running = qa_after(
        a_task(policy=a_policy(answers_min=2, answers_max=5)), *answers(w_1=CAT, w_2=CAT)
    )
    assert running.of(ReviewRequested)
    proven = {"answers": "500", "agreed_milli": "490000", "said:cat": "250"}
    proven |= {"agreed_milli:cat": "245000", "likely_milli:cat": "245000"}
    for worker in ("w-1", "w-2"):
        key = f"{{qa:main}}:reliability:animals:{worker}"
        running.twin.write(("HSET", key, *(part for pair in proven.items() for part in pair)))
    running.forget_outcomes()

    running.hear(*answers(w_1=CAT, w_2=CAT))

    assert not running.of(VerdictReached)
    running.hear(*answers(w_3=CAT))
    assert [verdict.stop_reason for verdict in running.of(VerdictReached)] == ["confident"]


# --- who is counted ----------------------------------------------------------------------------


def test_a_late_answer_is_in_the_verdict_and_not_counted() -> None:
    late = an_answer("w-0", DOG, late=True)
    verdict = verdict_after(a_task(policy=SURE), late, *answers(w_1=CAT, w_2=CAT))

    assert standings(verdict) == {"w-0": "surplus", "w-1": "counted", "w-2": "counted"}
    assert [(v.worker_id, v.weight) for v in verdict.votes if v.late] == [("w-0", None)]


def test_the_lowest_assignment_ids_are_counted_and_no_more_than_wanted() -> None:
    running = qa_after()
    running.hear(*answers(w_3=DOG, w_2=CAT, w_1=CAT))
    running.hear(a_task(policy=SURE))
    (verdict,) = running.of(VerdictReached)

    assert standings(verdict) == {"w-1": "counted", "w-2": "counted", "w-3": "surplus"}
    assert verdict.answer == CAT


def test_of_a_closed_task_the_answers_its_closing_names_are_counted() -> None:
    policy = a_policy(answers_min=3, answers_max=3)
    verdict = verdict_after(
        a_task(policy=policy), *answers(w_1=DOG, w_2=CAT), a_closing(["a-t-1-w-2"])
    )

    assert standings(verdict) == {"w-1": "surplus", "w-2": "counted"}
    assert verdict.answer == CAT


def test_an_answer_that_is_no_option_fills_a_seat_and_says_nothing() -> None:
    verdict = verdict_after(
        a_task(policy=a_policy(answers_min=2, answers_max=2, confidence=0.6)),
        *answers(w_1=CAT, w_2="fish"),
    )

    assert standings(verdict) == {"w-1": "counted", "w-2": "surplus"}
    assert verdict.answer == CAT


def test_an_answer_on_time_stands_before_a_late_one_of_the_same_assignment() -> None:
    both = [an_answer("w-1", CAT), an_answer("w-1", DOG, late=True)]
    for order in (both, both[::-1]):
        verdict = verdict_after(*order, an_answer("w-2", CAT), a_task(policy=SURE))

        assert [(v.answer, v.late) for v in verdict.votes] == [(CAT, False), (CAT, False)]


def test_a_tie_goes_to_the_lowest_assignment_in_it() -> None:
    tied = a_policy(answers_min=2, answers_max=2, confidence=0.9999)
    for first, second in ((CAT, DOG), (DOG, CAT)):
        verdict = verdict_after(a_task(policy=tied), *answers(w_1=first, w_2=second))

        assert verdict.answer == first
        assert verdict.stop_reason == "budget"
        assert verdict.distribution[CAT] == verdict.distribution[DOG] == verdict.probability


@pytest.mark.parametrize("case", CASES)
def test_reading_everything_again_changes_nothing(case: str) -> None:
    events, *_ = CASES[case]
    running = qa_after(*events)
    before, said = running.facts(), list(running.announced)
    running.forget_outcomes()

    running.hear(*events)

    assert running.announced == said
    assert running.facts() == before


# --- recomputed, and learned from --------------------------------------------------------------


def test_a_verdict_follows_from_its_own_votes_and_weights() -> None:
    running = qa_after()
    for number in range(20):
        task_id = f"t-{number}"
        said = {"w-1": CAT, "w-2": CAT if number % 3 else DOG, "w-3": BIRD if number % 5 else CAT}
        running.hear(a_task(task_id, policy=UNSURE))
        running.hear(*(an_answer(w, answer, task_id=task_id) for w, answer in said.items()))

    for verdict in running.of(VerdictReached):
        again = VerdictReached.model_validate(json.loads(verdict.model_dump_json()))
        counted = [vote for vote in again.votes if vote.standing == "counted"]
        ballots = [Ballot(v.assignment_id, v.worker_id, text_of(v.answer)) for v in counted]
        weights = {v.assignment_id: v.weight for v in counted if v.weight is not None}
        recomputed = tally(ballots, list(again.distribution), weights)
        assert recomputed.distribution == verdict.distribution
        assert recomputed.answer == verdict.answer
        assert recomputed.probability == verdict.probability


def test_a_worker_who_disagrees_counts_for_less() -> None:
    running = qa_after()
    policy = a_policy(answers_min=3, answers_max=3)
    for number in range(30):
        task_id = f"t-{number}"
        said = {"w-1": CAT, "w-2": CAT, "w-3": DOG}
        running.hear(a_task(task_id, policy=policy))
        running.hear(*(an_answer(w, answer, task_id=task_id) for w, answer in said.items()))
    last = running.of(VerdictReached)[-1]
    weight = {vote.worker_id: vote.weight or 0 for vote in last.votes}

    assert weight["w-3"] < 0.5 < weight["w-1"] == weight["w-2"]


def test_a_verdict_that_would_be_too_large_to_publish_teaches_nothing() -> None:
    options = [f"{number:02}" + "\N{TIGER}" * 98 for number in range(50)]
    policy = a_policy(options=options, answers_min=100, answers_max=100)
    voters = {f"w_{number}": options[number % 50] for number in range(100)}

    verdict = verdict_after(a_task(policy=policy), *answers(**voters))

    assert len(verdict.votes) == 100
    assert verdict.lessons == {}
    assert len(verdict.model_dump_json().encode()) < VERDICTS.size_bytes_max
