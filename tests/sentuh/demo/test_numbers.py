"""The report's numbers on a journal small enough to count by hand."""

from dataclasses import replace
from decimal import Decimal
from io import StringIO
from json import loads

import pytest
from rich.console import Console

from sentuh.audit import Finding, Report
from sentuh.demo.drafts import Anchoring
from sentuh.demo.explaining import worth_explaining
from sentuh.demo.journal import Journal
from sentuh.demo.material import Truth
from sentuh.demo.numbers import Numbers, Score, majority_right, numbers, percentile
from sentuh.demo.progress import PATHS, ServiceHealth
from sentuh.demo.report import Run, as_json, show
from sentuh.demo.tables import amount
from sentuh.explain import explained
from sentuh.history.collect import collect
from shared.contracts.events.earnings import EarningAccrued, EarningConfirmed
from shared.contracts.events.model import Event
from shared.contracts.events.verdicts import VerdictReached, Vote
from tests.sentuh.audit.journals import Log, a_judged_task
from tests.support.builders import (
    NOW,
    POOL,
    TASK_TYPE,
    a_quote,
    a_ref,
    a_task,
    a_waiver,
    after,
    an_answer,
)

NAMES = ("asked-1", "asked-2", "waived-1", "waived-2")
TRUTHS = {
    truth.task_id: truth
    for truth in (
        Truth("/models/animals", "asked-1", TASK_TYPE, truth="dog", model_answer="cat"),
        Truth("/models/animals", "asked-2", TASK_TYPE, truth="bird", model_answer="bird"),
        Truth("/models/animals", "waived-1", TASK_TYPE, truth="cat", model_answer="cat"),
        Truth("/models/animals", "waived-2", TASK_TYPE, truth="dog", model_answer="cat"),
    )
}
ASKED_1, ASKED_2, WAIVED_1, WAIVED_2 = TRUTHS


def a_verdict(
    task_id: str, answer: str, votes: dict[str, str], *, probability: float, seconds: float
) -> VerdictReached:
    """People's verdict; `votes` is answer by worker, a leading - marks a surplus one."""
    return VerdictReached(
        pool=POOL,
        at=after(seconds),
        task_id=task_id,
        task_type=TASK_TYPE,
        ref=a_ref(task_id),
        by="people",
        answer=answer,
        probability=probability,
        distribution={},
        stop_reason="confident",
        votes=tuple(
            Vote(
                assignment_id=f"a-{task_id}-{worker}",
                worker_id=worker,
                answer=said.removeprefix("-"),
                standing="surplus" if said.startswith("-") else "counted",
                weight=None if said.startswith("-") else 0.8,
            )
            for worker, said in votes.items()
        ),
        created_at=NOW,
    )


def a_trusted(task_id: str) -> VerdictReached:
    return VerdictReached(
        pool=POOL, at=NOW, task_id=task_id, task_type=TASK_TYPE, ref=a_ref(task_id), by="model",
        answer="cat", probability=0.97, distribution={}, stop_reason="waived", created_at=NOW,
    )  # fmt: skip


def lines(task_id: str, worker_id: str) -> list[Event]:
    about = {
        "pool": POOL,
        "at": NOW,
        "task_id": task_id,
        "task_type": TASK_TYPE,
        "assignment_id": f"a-{task_id}-{worker_id}",
        "worker_id": worker_id,
        "line_id": f"l-{task_id}-{worker_id}",
        "quote": a_quote(),
        "entries": (),
        "computation": "",
    }
    return [EarningAccrued.model_validate(about), EarningConfirmed.model_validate(about)]


ANSWERS = {
    ASKED_1: {"w-1": "dog", "w-2": "cat", "w-3": "dog"},
    ASKED_2: {"w-1": "bird", "w-2": "cat", "w-3": "-bird"},
}


@pytest.fixture
def events() -> list[Event]:
    """Two outputs waived, two judged by three workers; one answer surplus, one late."""
    return [
        a_task(ASKED_1),
        a_task(ASKED_2),
        a_waiver(WAIVED_1),
        a_waiver(WAIVED_2),
        a_trusted(WAIVED_1),
        a_trusted(WAIVED_2),
        *(
            an_answer(worker, said.removeprefix("-"), task_id=task)
            for task, votes in ANSWERS.items()
            for worker, said in votes.items()
        ),
        an_answer("w-4", "dog", task_id=ASKED_1, late=True),
        a_verdict(ASKED_1, "dog", ANSWERS[ASKED_1], probability=0.96, seconds=10),
        a_verdict(ASKED_2, "bird", ANSWERS[ASKED_2], probability=0.72, seconds=30),
        *(line for task, votes in ANSWERS.items() for who in votes for line in lines(task, who)),
        *lines(ASKED_1, "w-4"),
    ]


@pytest.fixture
def figures(events: list[Event]) -> Numbers:
    return numbers(Journal.of(events), TRUTHS)


def test_each_output_is_counted_where_it_went(figures: Numbers) -> None:
    assert figures.outputs == 4
    assert figures.waived == 2
    assert figures.judged == 2
    assert figures.answers == {"counted": 5, "surplus": 1, "late": 1}
    assert figures.answers_per_verdict == {2: 1, 3: 1}
    assert figures.stopped == {"confident": 2}


def test_model_majority_and_verdict_are_compared_on_the_same_outputs(figures: Numbers) -> None:
    assert figures.model == Score(2, 4)
    assert figures.verdict == Score(3, 4)
    assert figures.model_judged == Score(1, 2)
    assert figures.verdict_judged == Score(2, 2)
    assert figures.majority_judged == Score(1.5, 2)
    assert figures.model_waived == Score(1, 2)


def test_an_undecided_output_counts_as_wrong(events: list[Event]) -> None:
    journal = Journal.of(event for event in events if not isinstance(event, VerdictReached))

    assert numbers(journal, TRUTHS).verdict == Score(0, 4)


def test_a_tied_majority_is_right_by_its_odds() -> None:
    tied = a_verdict("t", "cat", {"w-1": "cat", "w-2": "dog", "w-3": "-dog"}, probability=0.5,
                     seconds=1)  # fmt: skip

    assert majority_right(tied, "cat") == 0.5
    assert majority_right(tied, "bird") == 0.0


def test_stated_probability_stands_beside_what_was_true(figures: Numbers) -> None:
    rows = [(row.low, row.stated, row.actual) for row in figures.calibration]

    assert rows == [(0.0, 0.72, Score(1, 1)), (0.95, 0.96, Score(1, 1))]


def test_money_is_every_answer_and_per_right_verdict_of_people(figures: Numbers) -> None:
    (money,) = figures.money

    assert money.answers == 7
    assert money.amount_minor == 35
    assert money.right_verdicts == 2
    assert money.per_right_verdict_minor == Decimal("17.50")


def test_best_and_worst_are_told_by_their_answers_and_earnings(figures: Numbers) -> None:
    assert figures.best
    assert figures.worst
    assert figures.best.answers == Score(2, 2)
    assert figures.worst.answers == Score(0, 2)
    assert figures.worst.worker_id == "w-2"
    assert [quote.amount_minor for quote in figures.worst.earned] == [10]
    assert figures.worst.weight == pytest.approx(0.8)


def test_times_are_those_of_people_alone(figures: Numbers) -> None:
    assert figures.seconds_p50 == 10
    assert figures.seconds_p99 == 30


def test_a_journal_read_twice_gives_the_same_numbers(events: list[Event], figures: Numbers) -> None:
    assert numbers(Journal.of([*events, *reversed(events)]), TRUTHS) == figures


@pytest.mark.parametrize(
    ("share", "expected"), [(0.0, 1.0), (0.5, 2.0), (0.51, 3.0), (0.99, 4.0), (1.0, 4.0)]
)
def test_a_percentile_is_a_value_that_was_there(share: float, expected: float) -> None:
    assert percentile([1.0, 2.0, 3.0, 4.0], share) == expected


@pytest.mark.parametrize(
    ("minor", "currency", "exponent", "shown"),
    [
        (25, "USD", 2, "0.25 USD"),
        (123_456, "USD", 2, "1,234.56 USD"),
        (12, "JPY", 0, "12 JPY"),
        (5, "KWD", 3, "0.005 KWD"),
        (Decimal("17.50"), "USD", 2, "0.1750 USD"),
        (Decimal("36.25"), "JPY", 0, "36.25 JPY"),
    ],
)
def test_minor_units_are_shown_by_their_exponent(
    minor: int | Decimal, currency: str, exponent: int, shown: str
) -> None:
    assert amount(minor, currency, exponent) == shown


def a_run(figures: Numbers, audit: Report, *, lacking: str = "") -> Run:
    health = ServiceHealth("intake")
    for path in PATHS:
        health.take(path, 200, "one 1\n")
    return Run(
        seed=1, workers=4, kafka="a broker", redis="a Redis", embedded=True, seconds=1.0,
        kept=None, lacking=lacking, people={}, numbers=figures, audit=audit, health=[health],
        drafts=Anchoring(),
    )  # fmt: skip


def an_audit(status: str) -> Report:
    finding = Finding(number=1, title="every output ends once", status=status)  # type: ignore[arg-type]
    return Report(findings=(finding,), counts={})


def test_the_report_names_what_is_broken_and_fails(figures: Numbers) -> None:
    run, out = a_run(figures, an_audit("broken")), StringIO()
    show(run, Console(file=out, width=100))

    assert not run.ok
    assert "Broken: invariants 1." in out.getvalue()


def test_a_run_that_stood_still_fails_whatever_the_audit_says(figures: Numbers) -> None:
    assert a_run(figures, an_audit("ok")).ok
    assert not a_run(figures, an_audit("ok"), lacking="3 sent, 2 decided").ok


def test_a_process_that_never_answered_fails_the_run(figures: Numbers) -> None:
    run = a_run(figures, an_audit("ok"))
    run.health[0].answered["/ready"] = 0

    assert not run.ok


def test_the_report_explains_a_verdict_on_which_people_differ(
    figures: Numbers,
) -> None:
    log = Log()
    log.say(*a_judged_task("t-8", {"w-1": "cat", "w-2": "cat"}))
    log.say(*a_judged_task("t-9", {"w-1": "cat", "w-2": "dog", "w-3": "cat"}))
    history = collect(log.records, log.names, None)
    told = worth_explaining(Journal.of(one.event for one in history.of(VerdictReached)))
    assert told == "t-9"
    run, out = a_run(figures, an_audit("ok")), StringIO()
    show(replace(run, explained=explained(told, history)), Console(file=out, width=100))

    assert "One verdict, explained by `sentuh explain t-9`" in out.getvalue()
    assert "raised it from" in out.getvalue()
    assert worth_explaining(Journal()) is None


def test_the_report_as_json_has_the_same_numbers(figures: Numbers) -> None:
    said = loads(as_json(a_run(figures, an_audit("ok"))))

    assert said["ok"]
    assert said["numbers"]["waived"] == 2
    assert said["numbers"]["money"][0]["per_right_verdict_minor"] == "17.50"
    assert said["audit"]["findings"][0]["status"] == "ok"
