"""A text's second stage in memory: others compare what was written, and that decides the text."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from sentuh.audit import audit_records
from sentuh.explain import explained
from sentuh.history.collect import collect
from sentuh.history.output_refs import Ref
from sentuh.trace import tell
from sentuh.trace.output_records import _about, _mentions, _of_its_task, dead_letters_about
from shared.contracts.envelope import json_of
from shared.contracts.events.assignments import AssignmentAnswered
from shared.contracts.events.earnings import EarningConfirmed
from shared.contracts.events.offers import OfferMade
from shared.contracts.events.second_stage import OutputComposed, SecondRequested
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.question import Answer
from shared.contracts.record import Record
from shared.contracts.topics import (
    ASSIGNMENTS,
    DEAD_LETTERS,
    EARNINGS,
    MODEL_OUTPUTS,
    MODEL_OUTPUTS_QA,
    TASKS,
    VERDICTS,
)
from tests.kinds.scene import LATE, SOURCE, catalog_of
from tests.kinds.text import COMPARE, SCENE
from tests.kinds.town import NAMES, Town
from tests.kinds.transcript import SCENE as SPOKEN

WRITTEN: Mapping[str, Answer] = {
    "w-1": {"text": "We look forward to hearing from you."},
    "w-2": {"text": "We hope to hear from you soon."},
    "w-3": {"text": "We look forward to hearing from you."},
}
BOTH = ["text", "preference"]
JOURNALS = MODEL_OUTPUTS_QA, TASKS, ASSIGNMENTS, VERDICTS
RANKERS = ("r-1", "r-2")


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """A town in which three people wrote two texts, after one who was late."""
    catalog = tmp_path / "catalog.json"
    catalog.write_text(json.dumps(catalog_of(SCENE)))
    made = Town(catalog)
    made.output(SCENE.output())
    made.join(LATE, SCENE.name, kinds=BOTH)
    late = made.offer(LATE)
    made.wait(4, task_id=late.claims.task_id)
    for worker in WRITTEN:
        made.join(worker, SCENE.name, kinds=BOTH)
    made.answer(late, {"text": "Please write soon."})
    for worker, answer in WRITTEN.items():
        made.answer(made.offer(worker), answer)
    return made


def first_of(town: Town) -> str:
    """Return the id of the task that asked for texts."""
    return town.of(TaskCreated)[0].task_id


def rank(town: Town, *orders: Sequence[str]) -> list[OfferMade]:
    """Let people rank the texts, each by the texts' first words in order; return their offers."""
    offers = []
    for worker, order in zip(RANKERS, orders, strict=False):
        town.join(worker, SCENE.name, kinds=BOTH)
        offer = town.offer(worker)
        asked = offer.asked
        assert asked is not None
        ids = {(one.text or "").split()[1]: one.id for one in asked.candidates}
        town.answer(offer, {"ranking": [[ids[word]] for word in order]})
        offers.append(offer)
    return offers


def verdicts_of(town: Town) -> tuple[VerdictReached, VerdictReached]:
    """Return the verdict of the first task and that of the second."""
    first, second = sorted(town.of(VerdictReached), key=lambda one: one.decided_by is None)
    return first, second


def test_the_texts_go_to_a_second_task_that_no_author_is_offered(town: Town) -> None:
    (composed,), (requested,) = town.of(OutputComposed), town.of(SecondRequested)
    first, second = town.of(TaskCreated)

    assert second.task_id == composed.task_id == requested.second_task_id
    assert requested.task_id == first.task_id
    assert second.asked is not None
    assert [one.text for one in second.asked.candidates] == [
        one.text for one in composed.output.candidates
    ]
    assert second.asked.not_for == ("w-1", "w-2", "w-3")
    assert second.output.text == "we look forward to here from you"
    rank(town, ("look", "hope"))
    asked = {made.claims.worker_id for made in town.of(OfferMade)
             if made.claims.task_id == second.task_id}  # fmt: skip
    assert not asked & WRITTEN.keys()


def test_the_ranking_decides_the_text_and_everybody_is_paid(town: Town) -> None:
    offers = rank(town, ("hope", "look"), ("hope", "look"))
    first, second = verdicts_of(town)

    assert first.answer == WRITTEN["w-2"]
    assert (first.stop_reason, first.probability) == (second.stop_reason, second.probability)
    assert first.decided_by is not None
    assert first.decided_by.votes == second.votes
    assert {vote.worker_id: vote.standing for vote in first.votes} == {
        LATE: "surplus", **dict.fromkeys(WRITTEN, "counted"),
    }  # fmt: skip
    assert {worker: one["agreed_milli"] for worker, one in first.lessons.items()} == {
        "w-1": 0, "w-2": 1000, "w-3": 0,
    }  # fmt: skip
    paid = sorted(line.worker_id for line in town.of(EarningConfirmed))
    rankers = {offer.claims.worker_id for offer in offers} | {LATE} & set(paid)
    assert set(paid) == {LATE, *WRITTEN, *rankers}


def test_what_is_no_ranking_is_refused_and_a_mended_one_is_taken(town: Town) -> None:
    town.join("r-1", SCENE.name, kinds=BOTH)
    offer = town.offer("r-1")
    town.answer(offer, {"ranking": [["c1"]]})
    town.answer(offer, {"none": True})

    assert [reason for reason, _ in town.refused()] == ["bad_answer"]
    answered = {one.worker_id for one in town.of(AssignmentAnswered)}
    assert "r-1" in answered


def test_while_it_waits_a_closing_decides_nothing(town: Town) -> None:
    first = first_of(town)
    town.wait(1_000, task_id=first)

    assert first not in {verdict.task_id for verdict in town.of(VerdictReached)}


def test_none_of_them_leaves_the_highest_weighted_author_s(town: Town) -> None:
    for worker in RANKERS:
        town.join(worker, SCENE.name, kinds=BOTH)
        town.answer(town.offer(worker), {"none": True})
    first, second = verdicts_of(town)

    assert second.answer == {"none": True}
    assert first.stop_reason == "exhausted"
    assert first.answer in WRITTEN.values()


def test_a_second_task_without_answers_ends_the_first_when_it_ends(town: Town) -> None:
    (requested,) = town.of(SecondRequested)
    town.wait(1_000, task_id=requested.second_task_id)
    first, second = verdicts_of(town)

    assert (second.answer, second.stop_reason) == (None, "exhausted")
    assert first.answer in WRITTEN.values()
    assert first.stop_reason == "exhausted"


def test_a_second_stage_that_says_nothing_ends_a_day_after_its_deadline(town: Town) -> None:
    for seconds in (600, 80_000):
        asyncio.run(town.sweep("qa", seconds=seconds))
        assert town.of(VerdictReached) == []
    asyncio.run(town.sweep("qa", seconds=6_500))
    asyncio.run(town.sweep("qa", seconds=60))

    (first,) = town.of(VerdictReached)
    assert first.task_id == first_of(town)
    assert first.decided_by is not None
    assert first.decided_by.votes == ()
    assert first.stop_reason == "exhausted"


@pytest.mark.parametrize("ranked", [True, False])
def test_the_audit_finds_nothing_and_the_trace_tells_it(town: Town, *, ranked: bool) -> None:
    if ranked:
        rank(town, ("hope", "look"), ("hope", "look"))
    report = audit_records(town.records, allow_open=not ranked)
    story = tell((SOURCE, "o-1"), town.records, NAMES)

    assert [str(report.finding(number)) for number in report.broken] == []
    told = " ".join(step.what for step in story.steps)
    assert "3 answers to be compared, as compare-text" in told


def test_the_explanation_of_a_text_goes_on_with_those_who_compared_it(town: Town) -> None:
    rank(town, ("hope", "look"), ("hope", "look"))
    (requested,) = town.of(SecondRequested)
    told = explained(first_of(town), collect(town.records, NAMES, None))

    assert {voice.who for voice in told.voices} == {*WRITTEN, LATE}
    assert told.recounted is None
    assert requested.second_task_id in " ".join(told.notes)
    assert told.second is not None
    assert told.second.task_id == requested.second_task_id
    assert told.second.recounted is not None
    assert told.second.recounted.agrees
    assert "“We hope to hear from you soon.”" in told.second.head.values()
    assert {voice.who for voice in told.second.voices} <= set(RANKERS)


def records_of(town: Town, ref: Ref, task_id: str) -> list[Record]:
    """Return what `sentuh trace` keeps of the topics that it reads about an output."""
    tests = {
        MODEL_OUTPUTS.name: _about(ref),
        **dict.fromkeys((row.name for row in JOURNALS), _of_its_task(ref)),
        DEAD_LETTERS["intake"].name: dead_letters_about(ref),
        EARNINGS.name: _mentions(task_id),
    }
    return [one for one in town.records if one.topic in tests and tests[one.topic](one)]


def test_the_first_task_s_story_names_the_second_which_has_one_of_its_own(town: Town) -> None:
    ref, (requested,) = (SOURCE, "o-1"), town.of(SecondRequested)
    command = f"sentuh trace --source sentuh:qa --id {requested.output_id}"
    waiting = tell(ref, records_of(town, ref, first_of(town)), NAMES)
    assert waiting.state == "open"
    assert command in waiting.ending
    rank(town, ("hope", "look"), ("hope", "look"))

    first = tell(ref, records_of(town, ref, first_of(town)), NAMES)
    assert first.head["second stage"] == command
    assert not [step for step in first.steps if any(name in step.what for name in RANKERS)]
    (sent,) = (step for step in first.steps if step.event == SecondRequested.TYPE)
    assert command in sent.why

    ref = ("sentuh:qa", requested.output_id)
    second = tell(ref, records_of(town, ref, requested.second_task_id), NAMES)
    assert second.state == "verdict"
    assert second.head["task"] == requested.second_task_id
    assert second.head["decides"] == f"the task {first_of(town)}"
    assert [step.who for step in second.steps][:3] == ["qa", "intake", "router"]
    assert second.steps[0].what == "sent 2 texts to be compared"
    told = " ".join(step.what for step in second.steps)
    for worker in RANKERS[: len(town.of(AssignmentAnswered)) - 4]:
        assert f"payable to {worker}" in told
    assert not [worker for worker in WRITTEN if f"payable to {worker}" in told]


def test_a_transcript_that_stays_unsure_is_decided_by_others(tmp_path: Path) -> None:
    scene = replace(
        SPOKEN,
        row={**SPOKEN.row, "stopping": {"word_error_max": 0.001}, "then": "compare-transcript"},
        beside={"compare-transcript": COMPARE | {"rate_card": SPOKEN.name, "requirement": {}}},
    )
    catalog = tmp_path / "catalog.json"
    catalog.write_text(json.dumps(catalog_of(scene)))
    town = Town(catalog)
    town.output(scene.output())
    heard: Mapping[str, Answer] = {
        "w-1": {"text": "I see the big cat."},
        "w-2": {"text": "I sea a pig, Kate."},
        "w-3": {"text": "I see the big bat."},
    }
    for worker, answer in heard.items():
        town.join(worker, scene.name, kinds=["transcript", "preference"])
        town.answer(town.offer(worker), answer)
    (composed,) = town.of(OutputComposed)
    right = "I see the big cat."
    ordered = sorted(composed.output.candidates, key=lambda one: one.text != right)
    ranking: Answer = {"ranking": [[one.id] for one in ordered]}
    for worker in RANKERS:
        town.join(worker, scene.name, kinds=["transcript", "preference"])
        town.answer(town.offer(worker), ranking)
    first, _ = verdicts_of(town)

    assert composed.output.text is None  # who ranks would lean to the model's draft
    assert first.answer == heard["w-1"]
    assert {worker: one["agreed_milli"] for worker, one in first.lessons.items()} == {
        "w-1": 1000, "w-2": 200, "w-3": 800,
    }  # fmt: skip
    report = audit_records(town.records)
    assert [str(report.finding(number)) for number in report.broken] == []


def test_of_one_output_there_may_be_two_requests_that_differ_in_weights(town: Town) -> None:
    # Whoever decides again after Redis was lost weighs by what is known then.
    rank(town, ("hope", "look"), ("hope", "look"))
    (request,) = town.of(SecondRequested)
    other = request.model_copy(update={"weights": dict.fromkeys(request.weights, 0.5)})
    records = []
    for record in town.records:
        if record.header("ce_id") == request.event_id:
            headers = {**dict(record.headers), "ce_id": other.event_id.encode()}
            records.append(record._replace(value=json_of(other), headers=tuple(headers.items())))
        records.append(record)
    numbered = [record._replace(offset=offset) for offset, record in enumerate(records)]
    report = audit_records(numbered, allow_open=False)

    assert len(numbered) == len(town.records) + 1
    assert [str(report.finding(number)) for number in report.broken] == []
