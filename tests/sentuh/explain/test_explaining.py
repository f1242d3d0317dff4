"""Why a verdict is what it is, from records: who was believed, why it stopped, what is missing."""

import json
from collections.abc import Mapping
from io import StringIO

import pytest
from rich.console import Console

from sentuh.audit.recount.choice.curve import on_curve
from sentuh.explain import Explanation, explained, show
from sentuh.explain.believing import NEW
from sentuh.explain.reading import rating_keys
from sentuh.history.collect import collect
from sentuh.trace.sureness import share
from services.qa.agreement.choice import tally
from services.qa.agreement.choice.witnessing import witnessed
from services.qa.agreement.terms import Ballot, Draft
from shared.contracts.events.assignments import TaskClosed
from shared.contracts.events.ratings import RatingAnnounced, WorkerRated
from shared.contracts.events.used import Used
from shared.contracts.events.verdicts import JudgedGold, VerdictReached, Witness
from shared.contracts.question import digest_of, text_of
from tests.architecture.source import ROOT
from tests.sentuh.audit.journals import Log, a_judged_task, a_model_verdict, only
from tests.support.builders import NOW, OPTIONS, POOL, TASK_TYPE, a_waiver, after

ANSWERS = {"w-1": "cat", "w-2": "cat", "w-3": "dog"}


def explanation(log: Log, task_id: str = "t-1") -> Explanation:
    return explained(task_id, collect(log.records, log.names, None))


def a_log(**changed: object) -> Log:
    """A task with three answers in time and a late one; `changed` are fields of its verdict."""
    log = Log()
    for event in a_judged_task("t-1", ANSWERS, late={"w-4": "dog"}):
        log.say(event.model_copy(update=changed) if isinstance(event, VerdictReached) else event)
    return log


def a_rating(count: int, *, mean: float = 0.9, at: float = 10, by: str = "t-0") -> WorkerRated:
    return WorkerRated(
        pool=POOL,
        at=after(at),
        task_type=TASK_TYPE,
        worker_id="w-1",
        mean=mean,
        lower=mean - 0.05,
        upper=mean + 0.05,
        count=count,
        era=NOW,
        caused_by=by,
    )


def printed(reason: Explanation) -> str:
    paper = StringIO()
    show(reason, Console(file=paper, width=200, highlight=False))
    return " ".join(paper.getvalue().split())


def test_it_says_who_was_believed_and_what_each_did() -> None:
    told = explanation(a_log())

    assert [voice.who for voice in told.voices] == ["w-1", "w-2", "w-3", "w-4"]
    assert [voice.believed for voice in told.voices] == ["right 82 % of the time"] * 3 + [""]
    assert told.voices[0].did.startswith("raised it from ")
    assert told.voices[2].did.startswith("lowered it from ")
    assert told.voices[3].why == "late: kept and paid, not counted"
    assert told.recounted is not None
    assert told.recounted.agrees
    said = printed(told)
    for words in ("who said believed why what it did", "Why asking stopped", "Had w-1 said “dog”"):
        assert words in said


def test_the_example_of_the_documentation_is_what_is_printed() -> None:
    log, weights = Log(), {"ann": 0.93, "ben": 0.82, "cho": 0.82}
    said = {"ann": "cat", "ben": "cat", "cho": "dog"}
    for event in a_judged_task("t-1", said, late={"dee": "dog"}):
        if isinstance(event, VerdictReached):
            log.say(_weighed(event, weights))
        elif isinstance(event, TaskClosed):
            log.say(event.model_copy(update={"reason": "deadline"}))
        else:
            log.say(event)
    log.say(replace_worker(a_rating(132, mean=0.91), "ann"))
    log.say(replace_worker(a_rating(61, mean=0.8), "cho"))
    paper = StringIO()
    show(explanation(log), Console(file=paper, width=140, highlight=False))
    lines = [line.rstrip() for line in paper.getvalue().splitlines()]
    block = "\n".join(lines).replace("\n\n\n", "\n\n")

    assert block in (ROOT / "docs" / "operate.md").read_text(), block


def _weighed(verdict: VerdictReached, weights: Mapping[str, float]) -> VerdictReached:
    """The verdict of the same answers, of which each counts with its worker's weight."""
    counted = [vote for vote in verdict.votes if vote.standing == "counted"]
    ballots = [Ballot(one.assignment_id, one.worker_id, text_of(one.answer)) for one in counted]
    by_id = {one.assignment_id: weights[one.worker_id] for one in counted}
    outcome = tally(ballots, OPTIONS, by_id)
    votes = tuple(
        one.model_copy(update={"weight": by_id.get(one.assignment_id)}) for one in verdict.votes
    )
    return verdict.model_copy(
        update={
            "votes": votes,
            "answer": outcome.answer,
            "probability": outcome.probability,
            "distribution": dict(outcome.distribution),
        }
    )


def replace_worker(rated: WorkerRated, worker_id: str) -> WorkerRated:
    return rated.model_copy(update={"worker_id": worker_id})


def test_a_recount_that_differs_is_told() -> None:
    told = explanation(a_log(probability=0.99))

    assert told.recounted is not None
    assert not told.recounted.agrees
    assert "run `sentuh audit`" in " ".join(told.notes)


def test_a_weight_is_explained_by_the_last_rating_before_the_verdict() -> None:
    log = a_log()
    log.say(a_rating(20, mean=0.7, at=9), a_rating(41), a_rating(30, mean=0.6, at=11))
    log.say(a_rating(42, mean=0.5, at=40, by="t-1"), a_rating(60, mean=0.4, at=99))
    first, second, *_ = explanation(log).voices

    assert first.rated is not None
    assert (first.rated.mean, first.rated.count) == (0.9, 41)
    assert first.why == "rated 90 % (85 to 95 %) in 41 answers"
    assert second.why == NEW


@pytest.mark.parametrize(
    ("with_it", "later", "why"),
    [
        ((), 0, NEW),
        ((1,), 3, NEW),
        ((5,), 0, "by 4 answers before; a later rating has taken the place of that one"),
        ((), 8, "by 7 answers before; a later rating has taken the place of that one"),
    ],
)
def test_a_rating_that_is_compacted_away_is_not_made_up(
    with_it: tuple[int, ...], later: int, why: str
) -> None:
    rated = tuple(
        RatingAnnounced(worker_id="w-1", era=NOW, count=count, lower=0.8) for count in with_it
    )
    log = a_log(rated=rated, lessons={"w-1": {"answers": 1, "agreed_milli": 900}})
    if later:
        log.say(a_rating(later, at=99))

    assert explanation(log).voices[0].why == why


def test_ratings_are_read_by_the_keys_of_the_people() -> None:
    log = a_log()

    assert rating_keys(collect(log.records, log.names, None)) == {
        f"{POOL} {TASK_TYPE} w-{number}" for number in (1, 2, 3, 4)
    }


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("confident", "Sure enough after 3 answers of 5 at most: "),
        ("budget", "the 2 more that might be asked for could not change the answer"),
        ("ambiguous", "trusted people are split, and more of them would not change"),
        ("futile", "with those left it cannot become sure enough"),
        ("exhausted", "The task was closed after 3 answers of 5 at most: the verdict is there"),
    ],
)
def test_why_asking_stopped_is_told(reason: str, words: str) -> None:
    told = explanation(a_log(stop_reason=reason))

    assert words in told.stopped
    assert "90 % is asked for" in told.stopped


def test_what_golds_showed_is_told_beside_what_the_votes_alone_make() -> None:
    plain = explanation(a_log())
    used = Used(curve=((0.5, 0.4), (1.0, 0.8)), typical=0.84)
    stated = on_curve(plain.probability, used)
    told = explanation(
        a_log(
            used=used,
            probability=stated,
            raw_probability=plain.probability,
            calibrated=True,
            gold=JudgedGold(gold_id="g-1", truth="cat"),
        )
    )

    assert told.recounted is not None
    assert told.recounted.agrees
    assert told.voices[0].did.endswith(f" to {share(stated)}")
    assert told.voices[0].why == f"{NEW}, right 84 % of the time"
    notes = " ".join(told.notes)
    assert "golds showed" in notes
    assert "the task was the gold g-1, whose right answer is “cat”" in notes


def test_no_further_answer_is_imagined_where_none_may_be_asked_for() -> None:
    told = explanation(a_log(stop_reason="budget", wanted=5))

    assert told.stopped.startswith("No further answer may be asked for after 3 answers")
    assert {change.how for change in told.changes} == {"left_out", "otherwise"}


def test_a_waived_output_says_that_nobody_was_asked() -> None:
    log = Log()
    log.say(a_waiver("t-0"), a_model_verdict("t-0"))
    told = explanation(log, "t-0")

    assert told.voices == ()
    assert told.stopped.startswith("Nobody was asked: the model is 97 % sure, and from 85 % on")
    assert "What would have changed it" not in printed(told)


def test_answers_that_are_no_longer_kept_are_not_recounted() -> None:
    votes = only(a_judged_task("t-1", ANSWERS), VerdictReached)[0].votes
    by_digest = tuple(
        vote.model_copy(update={"answer": None, "digest": digest_of("gone")}) for vote in votes
    )
    told = explanation(a_log(votes=by_digest))

    assert told.recounted is None
    assert "no longer kept" in " ".join(told.notes)
    assert {voice.told for voice in told.voices} == {"something long"}
    assert "0.82" in printed(told)


def test_a_verdict_whose_task_is_gone_is_told_without_a_recount() -> None:
    log = Log()
    log.say(*only(a_judged_task("t-1", ANSWERS), VerdictReached))
    told = explanation(log)

    assert told.recounted is None
    assert "its task is no longer kept" in " ".join(told.notes)


def test_json_holds_all_numbers_behind_the_table() -> None:
    log = a_log()
    log.say(a_rating(41))
    document = json.loads(explanation(log).as_json())

    assert document["voices"][0]["rated"]["count"] == 41
    assert document["voices"][0]["without"]["answer"] == "cat"
    assert document["changes"][0]["assignments"]
    assert document["recounted"]["agrees"] is True


@pytest.mark.parametrize(("answer", "did"), [("cat", "raised it from "), ("dog", "lowered it ")])
def test_it_says_what_the_model_did_as_a_witness_or_why_nothing(answer: str, did: str) -> None:
    (verdict,) = (one for one in a_judged_task("t-1", ANSWERS) if isinstance(one, VerdictReached))
    ballots = [
        Ballot(vote.assignment_id, vote.worker_id, str(vote.answer)) for vote in verdict.votes
    ]
    weights = {vote.assignment_id: vote.weight or 0.0 for vote in verdict.votes}
    both = witnessed(tally(ballots, OPTIONS, weights), Draft(answer, 0.8))
    witness = Witness(
        model="animals", version="3", answer=answer, confidence=0.97, weight=0.8,
        lessons=60, right=0.9,
    )  # fmt: skip
    told = explanation(
        a_log(distribution=dict(both.distribution), probability=both.probability, witness=witness)
    )

    voice = told.voices[-1]
    assert (voice.by, voice.who, voice.standing) == ("witness", "the model itself", "counted")
    assert voice.did.startswith(did)
    assert "90 % of 60 tasks" in voice.why
    assert told.recounted is not None
    assert told.recounted.agrees

    left_out = witness.model_copy(update={"weight": None, "left_out": "blind"})
    silent = explanation(a_log(witness=left_out)).voices[-1]
    assert (silent.standing, silent.did, silent.weight) == ("surplus", "", None)
    assert "judged without it" in silent.why
