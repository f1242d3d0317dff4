"""Which gold is placed and with whom: the one placed least, never twice with one person."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.qa import keys
from services.qa.agreement.choice.golds import GOLD_WORTH
from services.qa.agreement.reliability import Population, Reliability
from services.qa.golds.asking import AGAINST_MIN, PATIENCE, TRY_MAX
from services.qa.rating.rate import rate
from shared.contracts.envelope import derived_traceparent, json_of
from shared.contracts.events.golds import PEOPLE_MAX, GoldPlaced, GoldSuspended
from shared.contracts.events.ratings import WorkerRated
from shared.contracts.events.second_stage import QA_SOURCE, OutputComposed, first_task_of
from shared.contracts.events.verdicts import ReviewRequested, VerdictReached
from shared.contracts.topics import QA_TIMERS
from tests.services.qa.golds.builders import Golds, a_due, a_gold, tombstone
from tests.services.qa.in_memory import CAT, DOG
from tests.support.builders import POOL, TASK_TYPE, after
from tests.support.in_memory import header


def test_a_worker_who_is_due_is_asked_a_gold_as_an_output_of_qas_own() -> None:
    qa = Golds(a_gold("g-1", people=2))

    qa.hear_all(a_due("w-1", "w-2"))

    ((composed,), (placed,)) = qa.of(OutputComposed), qa.of(GoldPlaced)
    assert composed.ref.source == QA_SOURCE
    assert composed.task_id == placed.task_id
    assert first_task_of(placed.task_id) is None
    assert (composed.ask, composed.only_for, composed.not_for) == ("always", ("w-1", "w-2"), ())
    assert (placed.gold_id, placed.number, placed.truth) == ("g-1", 1, CAT)
    # Others are told before the journal is.
    assert [made.TYPE for made in qa.announced[-2:]] == [composed.TYPE, placed.TYPE]


def test_golds_take_turns_and_nobody_has_one_twice() -> None:
    qa = Golds(*(a_gold(f"g-{number}") for number in range(5)))
    for _ in range(7):
        qa.hear_all(a_due("w-1", at=qa.now), a_due("w-2", at=qa.now))
        qa.now += timedelta(seconds=2)

    placed = [(one.gold_id, *one.only_for) for one in qa.of(GoldPlaced)]
    assert len(placed) == len(set(placed)) == 10
    numbers = [one.number for one in qa.of(GoldPlaced)]
    assert sorted(numbers) == [1] * 5 + [2] * 5


def test_a_gold_is_placed_so_often_and_no_more() -> None:
    qa = Golds(a_gold("g-1", placed_max=2))

    for number in range(4):
        qa.hear_all(a_due(f"w-{number}"))

    assert [one.number for one in qa.of(GoldPlaced)] == [1, 2]


def test_whoever_had_the_first_golds_is_asked_a_later_one() -> None:
    many = 2 * TRY_MAX + 3
    qa = Golds(*(a_gold(f"g-{number:02}") for number in range(many)))
    for _ in range(many + 2):
        qa.hear_all(a_due("w-1", at=qa.now))
        qa.now += timedelta(seconds=2)

    assert len({one.gold_id for one in qa.of(GoldPlaced)}) == many


def test_the_same_timer_again_places_nothing() -> None:
    qa = Golds(a_gold("g-1"), a_gold("g-2"))
    due = a_due("w-1")
    qa.hear_all(due)
    qa.forget_outcomes()
    qa.now += timedelta(seconds=30)

    qa.hear_all(due)

    assert len(qa.of(GoldPlaced)) == 1


def test_an_old_timer_asks_nobody() -> None:
    qa = Golds(a_gold("g-1"))
    qa.now += PATIENCE + timedelta(seconds=1)

    qa.hear_all(a_due("w-1"), a_due("w-1", golds=["g-1"]))

    assert qa.of(GoldPlaced) == []


def test_two_processes_that_place_at_once_place_another_number() -> None:
    qa = Golds(a_gold("g-1"))
    both = [a_due("w-1", golds=["g-1"]), a_due("w-2", golds=["g-1"])]
    decided = [qa.decide(qa.units(due)) for due in both]
    qa.commit(decided[0])
    again, _ = qa.commit(decided[1])
    qa.finish(again)

    assert [(one.number, one.only_for) for one in qa.of(GoldPlaced)] == [
        (1, ("w-1",)),
        (2, ("w-2",)),
    ]


def test_who_knows_a_gold_otherwise_is_not_asked_it() -> None:
    qa = Golds(a_gold("g-1", not_for=["w-1"], people=2))

    qa.hear_all(a_due("w-1"), a_due("w-1", "w-2", at=after(1)))

    assert [one.only_for for one in qa.of(GoldPlaced)] == [("w-2",)]


def test_what_the_operator_suspends_or_takes_back_is_not_asked() -> None:
    qa = Golds(a_gold("g-1", suspended=True), a_gold("g-2"))
    qa.hear_records(tombstone("g-2"))

    qa.hear_all(a_due("w-1"))

    assert qa.of(GoldPlaced) == []


def test_a_trace_of_its_own_stands_where_others_have_upstreams() -> None:
    qa = Golds(a_gold("g-1"), a_gold("g-2"))
    qa.hear_all(a_due("w-1", trace_flags="00"), a_due("w-2"))

    traces = [one.ref.traceparent for one in qa.of(OutputComposed)]
    assert traces[0] is not None
    assert traces[0].endswith("-00")
    assert traces[1] is None
    # That of the timer would go on into the offers.
    of_records = [
        header(sent, "traceparent")[:35]
        for sent in qa.published
        if sent.topic == "model-outputs.qa"
    ]
    others = derived_traceparent(qa.of(OutputComposed)[1].task_id)
    assert of_records == [traces[0][:35], others[:35]]


# --- what people make of them --------------------------------------------------------------------


def answered_wrong(qa: Golds, times: int, *, start: int = 0, answer: str = DOG) -> None:
    for number in range(start, start + times):
        qa.hear_all(a_due(f"w-{number}", at=qa.now))
        qa.answered(qa.of(GoldPlaced)[-1], answer)


async def test_a_gold_that_enough_people_contradict_is_suspended_until_it_is_listed_anew() -> None:
    qa = Golds(a_gold("g-1"))
    answered_wrong(qa, AGAINST_MIN - 1)
    await qa.sweep(1)
    assert qa.of(GoldSuspended) == []

    answered_wrong(qa, 1, start=10)
    await qa.sweep(1)
    (suspended,) = qa.of(GoldSuspended)
    assert (suspended.gold_id, suspended.revision, suspended.against) == ("g-1", 1, AGAINST_MIN)
    qa.hear_all(a_due("w-20", at=qa.now))
    assert len(qa.of(GoldPlaced)) == AGAINST_MIN

    qa.hear(a_gold("g-1"))
    qa.hear_all(a_due("w-20", at=qa.now))
    assert len(qa.of(GoldPlaced)) == AGAINST_MIN
    qa.hear(a_gold("g-1", revision=2))
    qa.hear_all(a_due("w-20", at=qa.now))
    assert len(qa.of(GoldPlaced)) == AGAINST_MIN + 1
    await qa.sweep(60)
    assert len(qa.of(GoldSuspended)) == 1


async def test_a_gold_with_which_as_many_agree_stays() -> None:
    qa = Golds(a_gold("g-1"))
    answered_wrong(qa, AGAINST_MIN, answer=CAT)
    answered_wrong(qa, AGAINST_MIN, start=10)
    await qa.sweep(1)

    assert qa.of(GoldSuspended) == []
    assert all(verdict.gold for verdict in qa.of(VerdictReached))


async def test_what_was_looked_at_is_not_looked_at_again() -> None:
    qa = Golds(a_gold("g-1"))
    answered_wrong(qa, 1)
    listed = keys.golds_due(POOL, TASK_TYPE)
    qa.twin.value(listed, dict).clear()
    answered_wrong(qa, 1, start=3)
    await qa.sweep(1)

    assert not [name for name in qa.twin.items().get(listed, {}) if name.startswith("g ")]


def test_a_gold_asks_no_further_answer_than_of_those_it_is_for() -> None:
    qa = Golds(a_gold("g-1", people=2))
    qa.hear_all(a_due("w-1", "w-2"))
    qa.answered(qa.of(GoldPlaced)[0], CAT, DOG)

    assert qa.of(ReviewRequested) == []
    (verdict,) = qa.of(VerdictReached)
    assert verdict.wanted == 2


# --- folding -------------------------------------------------------------------------------------


def test_nobody_can_compute_the_id_or_the_trace_of_a_gold_whose_name_they_guess() -> None:
    seen = []
    for nonce in ("4f1c", "88a0"):
        qa = Golds(a_gold("mood-1", nonce=nonce))
        qa.hear_all(a_due("w-1", trace_flags="01"))
        (composed,) = qa.of(OutputComposed)
        seen.append((composed.task_id, composed.ref.traceparent))

    (one_id, one_trace), (other_id, other_trace) = seen
    assert one_id != other_id
    assert one_trace != other_trace


def test_the_timer_with_the_longest_ids_fits_its_record() -> None:
    longest = [f"{number:02}" + "x" * 198 for number in range(max(PEOPLE_MAX, TRY_MAX))]
    due = a_due(*longest[:PEOPLE_MAX], golds=longest[:TRY_MAX], trace_flags="01")

    assert len(json_of(due)) <= QA_TIMERS.size_bytes_max


def test_a_rating_counts_an_answer_to_a_gold_once_as_any_other() -> None:
    # Its worker reads it: a count that rises by two would say afterwards which task was a gold.
    qa = Golds(a_gold("g-1", people=2))
    qa.hear_all(a_due("w-1", "w-2"))
    qa.answered(qa.of(GoldPlaced)[0], CAT, CAT)
    (verdict,), (rated, _) = qa.of(VerdictReached), qa.of(WorkerRated)
    newcomer = rate(Reliability(), (), Population())

    assert verdict.lessons["w-1"]["answers"] == GOLD_WORTH > 1
    assert rated.count == 1
    once = rate(Reliability({"answers": 1, "agreed_milli": 1000}), (1.0,), Population())
    assert (rated.mean, rated.lower, rated.upper) == (once.mean, once.lower, once.upper)
    assert rated.lower > newcomer.lower


@given(st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None)
def test_golds_fold_in_any_order(random: object) -> None:
    qa = Golds()
    listed = [a_gold("g-1", people=2), a_gold("g-2"), a_gold("g-1", revision=2)]
    inputs = [(one, number) for number, one in enumerate(listed)]
    qa.twin.make([change for one, order in inputs for change in qa.service.folds(one, order)])
    qa.hear_all(a_due("w-1", "w-2"), a_due("w-3"))
    for placed in qa.of(GoldPlaced):
        qa.answered(placed, *[DOG] * len(placed.only_for))
    journal = [(one, 0) for one in qa.announced if one.TOPIC in qa.service.card.journals]
    assert len(journal) > 2
    again = [*inputs, *journal] * 2
    random.shuffle(again)  # type: ignore[attr-defined]

    held, folded = facts_about_golds(qa), Golds()
    folded.twin.make(
        [change for one, order in again for change in folded.service.folds(one, order)]
    )
    assert facts_about_golds(folded) == held


def facts_about_golds(qa: Golds) -> dict[str, object]:
    about = (":gold:", ":golds:", ":population:", ":reliability:")
    return {
        key: value
        for key, value in qa.facts().items()
        if any(part in key for part in about) and ":golds:due:" not in key
    }
