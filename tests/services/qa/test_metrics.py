"""What qa counts for people who run it."""

import pytest
from prometheus_client import CollectorRegistry

from services.qa import keys
from services.qa.metrics import QaMetrics
from services.qa.second_stage.deciding import decide_first
from services.qa.witness import bucket_of
from services.qa.witness.lessons import EACH
from shared.contracts.events.asked import Asked
from shared.contracts.events.golds import GoldPlaced, GoldSuspended
from shared.contracts.events.parts import Stopping
from shared.contracts.events.verdicts import DecidedBy, FlaggedWorker, JudgedGold, VerdictReached
from shared.contracts.questions.transcript.question import TranscriptQuestion
from shared.state.view import View
from tests.services.qa.golds.builders import Golds, a_due, a_gold
from tests.services.qa.in_memory import SURE, answers, qa_after, verdict_after
from tests.services.qa.second_stage.builders import a_ranking, texts, waiting
from tests.services.qa.witness.builders import SURE_OF_IT, a_witnessed_task, shown
from tests.support.builders import (
    POOL,
    TASK_TYPE,
    a_closing,
    a_policy,
    a_task,
    a_waiver,
    after,
    an_answer,
)


def counted(registry: CollectorRegistry, name: str, **labels: str) -> float | None:
    return registry.get_sample_value(f"sentuh_qa_{name}", labels)


def test_announcements_are_counted_by_why_asking_stopped() -> None:
    registry = CollectorRegistry()
    metrics = QaMetrics(registry)
    running = qa_after()
    running.hear(a_waiver("t-0"))
    running.hear(a_task(policy=a_policy(answers_min=1, confidence=0.95)))
    running.now = after(40)
    running.hear(an_answer("w-1", "cat"), an_answer("w-2", "dog"))
    running.now = after(90)
    running.hear(a_closing(["a-t-1-w-1", "a-t-1-w-2"]))

    metrics.observe(running.announced)

    assert counted(registry, "verdicts_total", stop_reason="waived", kind="choice") == 1
    assert counted(registry, "verdicts_total", stop_reason="exhausted", kind="choice") == 1
    assert counted(registry, "verdicts_total", stop_reason="confident", kind="choice") == 0
    assert counted(registry, "reviews_total") == 2
    assert counted(registry, "verdict_answers_sum", kind="choice") == 2
    assert counted(registry, "verdict_seconds_sum") == 90


def test_answers_beside_a_draft_are_counted_by_what_they_say() -> None:
    registry = CollectorRegistry()
    metrics = QaMetrics(registry)
    asks = TranscriptQuestion(language="en", rules=("case", "punctuation"))
    policy = a_policy(answers_min=4, answers_max=4).model_copy(
        update={"asks": asks, "stopping": Stopping(word_error_max=0.2)}
    )
    asked = Asked(draft={"text": "it is late"})
    running = qa_after(a_task(policy=policy).model_copy(update={"asked": asked}))
    long = {"unclear": [[float(at), at + 0.5] for at in range(200)]}
    for worker, drafted, answer in (
        ("w-1", True, {"text": "it is late"}),
        ("w-2", True, {"text": "It is late.", "unclear": [[1.0, 2.0]]}),
        ("w-3", False, {"text": "it is late", **long}),
        ("w-4", False, {"text": "it was late"}),
    ):
        answered = an_answer(worker, answer)  # type: ignore[arg-type]
        running.hear(answered.model_copy(update={"drafted": drafted}))

    metrics.observe(running.announced)

    verdict = running.of(VerdictReached)[0]
    small = [vote.model_copy(update={"answer": None, "digest": "d"}) for vote in verdict.votes]
    metrics.observe([verdict.model_copy(update={"votes": tuple(small)})])
    found = {
        (began, same): counted(registry, "draft_answers_total", began=began, answer=same)
        for began in ("drafted", "blind")
        for same in ("same", "other")
    }
    assert found == {
        ("drafted", "same"): 4,
        ("drafted", "other"): 0,
        ("blind", "same"): 2,
        ("blind", "other"): 2,
    }


def test_every_series_is_there_before_anything_happens() -> None:
    registry = CollectorRegistry()
    QaMetrics(registry)

    for reason in ("confident", "ambiguous", "futile", "budget", "exhausted", "waived"):
        assert counted(registry, "verdicts_total", stop_reason=reason, kind="choice") == 0


def test_second_stages_are_counted_by_how_they_ended() -> None:
    registry = CollectorRegistry()
    metrics = QaMetrics(registry)
    first, second = waiting(texts("cat", "dog"), {"a-0": 0.8, "a-1": 0.7})
    by = DecidedBy(task_id=second, task_type="compare")
    none = a_ranking(second, {"none": True})
    voted = by.model_copy(update={"votes": none.votes})

    metrics.observe([decide_first(first, by, after(9)), decide_first(first, voted, after(9))])

    assert counted(registry, "second_stages_total", ended="silence") == 1
    assert counted(registry, "second_stages_total", ended="undecided") == 1
    assert counted(registry, "second_stages_total", ended="preferred") == 0


def test_golds_are_counted_by_what_was_stated_and_whether_it_is_right() -> None:
    registry = CollectorRegistry()
    metrics = QaMetrics(registry)
    verdict = verdict_after(a_task(policy=SURE), *answers(w_1="cat", w_2="cat"))
    about = (JudgedGold(gold_id="g-1", truth=truth) for truth in ("cat", "cat", "dog"))

    metrics.observe([verdict.model_copy(update={"gold": one}) for one in about])
    metrics.observe([verdict])

    assert verdict.probability >= 0.9
    assert counted(registry, "golds_judged_total", stated="90-100", right="yes") == 2
    assert counted(registry, "golds_judged_total", stated="90-100", right="no") == 1
    stated = counted(registry, "golds_stated_total", stated="90-100")
    assert stated == pytest.approx(3 * verdict.probability)


def test_a_pair_of_options_that_is_named_is_counted() -> None:
    registry = CollectorRegistry()
    metrics = QaMetrics(registry)
    verdict = verdict_after(a_task(policy=SURE), *answers(w_1="cat", w_2="cat"))

    metrics.observe([verdict, verdict.model_copy(update={"confused": ("cat", "dog")})])

    assert counted(registry, "options_confused_total") == 1


def test_a_worker_who_is_proposed_is_counted_by_what_shows_it() -> None:
    registry = CollectorRegistry()
    metrics = QaMetrics(registry)
    verdict = verdict_after(a_task(policy=SURE), *answers(w_1="cat", w_2="cat"))
    one = FlaggedWorker(worker_id="w-1", sign="guessing", evidence=7.1, answers=60)

    metrics.observe([verdict, verdict.model_copy(update={"flagged": (one,)})])

    assert counted(registry, "workers_flagged_total", sign="guessing") == 1


def test_a_models_own_answers_are_counted_by_what_became_of_them() -> None:
    registry = CollectorRegistry()
    metrics = QaMetrics(registry)
    running = qa_after()
    for number, blind in enumerate((True, True, False)):
        task = a_witnessed_task(number, blind=blind)
        running.hear(task, *(an_answer(f"w-{at}", task_id=task.task_id) for at in range(4)))

    metrics.observe(running.announced)

    assert counted(registry, "witness_total", standing="blind", answer="same") == 2
    assert counted(registry, "witness_total", standing="unproven", answer="same") == 1
    assert counted(registry, "witness_forgotten_total") == 0


def test_lessons_that_push_out_those_of_other_models_are_counted() -> None:
    registry = CollectorRegistry()
    metrics = QaMetrics(registry)
    task = a_witnessed_task(blind=True)
    verdict = verdict_after(task, *(an_answer(f"w-{at}", task_id=task.task_id) for at in range(4)))
    bucket = keys.reliability(POOL, TASK_TYPE, bucket_of("animals", "3", SURE_OF_IT))
    for model, forgotten in (("animals", 0), ("another", 1)):
        lessons = shown([("cat", 1.0)] * (2 * EACH - 1), text=shown([("cat", 1.0)], model))
        half = len(lessons) // 2
        held = dict(zip(keys.LESSONS, (lessons[:half], lessons[half:]), strict=True))
        metrics.observe([verdict], View({bucket: ("hash", held)}))
        assert counted(registry, "witness_forgotten_total") == forgotten


def test_golds_are_counted_as_placed_answered_and_suspended() -> None:
    registry = CollectorRegistry()
    metrics = QaMetrics(registry)
    golds = Golds(a_gold("g-1", people=2))
    golds.hear_all(a_due("w-1", "w-2"))
    golds.answered(golds.of(GoldPlaced)[0], "cat", "dog")
    about = {"pool": POOL, "at": after(0), "task_type": TASK_TYPE, "gold_id": "g-1", "revision": 1}
    golds.announced.append(GoldSuspended.made({**about, "against": 5, "agreed": 0}))

    metrics.observe(golds.announced)

    assert counted(registry, "golds_placed_total") == 1
    assert counted(registry, "gold_answers_total", said="right") == 1
    assert counted(registry, "gold_answers_total", said="other") == 1
    assert counted(registry, "golds_suspended_total") == 1
