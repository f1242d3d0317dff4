"""Folding what qa knows in any order, any number of times, gives the same state."""

from collections import Counter
from dataclasses import dataclass
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.qa import fold, keys
from shared.contracts.events.model import Event
from shared.contracts.events.parts import OutputRef
from shared.contracts.events.verdicts import JudgedDraft, ReviewRequested, VerdictReached
from shared.contracts.topics import ASSIGNMENTS, TASKS, VERDICTS
from shared.state.store import Value
from shared.state.twin import Twin
from tests.services.qa.in_memory import QA, qa_after
from tests.support.builders import OPTIONS, a_closing, a_policy, a_task, a_waiver, after, an_answer
from tests.support.facts import facts, folded
from tests.support.in_memory import InMemory

WORKERS = tuple(f"w-{number}" for number in range(6))


@dataclass(frozen=True)
class Story:
    """What qa heard, in some order and partly twice, and what it announced meanwhile."""

    heard: list[Event]
    running: InMemory

    @property
    def journal(self) -> list[tuple[Event, int]]:
        """Everything its state is the fold of, and the order of its records."""
        return [(event, 0) for event in (*self.heard, *self.running.announced)]


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Some tasks and waivers with answers, late and on time, closings, in any order of arrival."""
    events: list[Event] = [a_waiver("t-0", answer=draw(st.sampled_from([*OPTIONS, None])))]
    for number in range(draw(st.integers(1, 3))):
        events += draw(_events_of(f"t-{number + 1}"))
    arrivals = draw(st.permutations(events + draw(st.lists(st.sampled_from(events), max_size=5))))
    running = qa_after()
    for event in arrivals:
        if draw(st.integers(0, 9)) == 0:
            running.forget_outcomes()
        running.hear(event)
    return Story(list(arrivals), running)


@st.composite
def _events_of(draw: st.DrawFn, task_id: str) -> list[Event]:
    least = draw(st.integers(1, 3))
    policy = a_policy(
        answers_min=least,
        answers_max=draw(st.integers(least, 5)),
        confidence=draw(st.sampled_from([0.6, 0.9, 0.99])),
        worth_per_point=draw(st.sampled_from([None, 25])),
        witness_blind_share=draw(st.sampled_from([None, 0.5])),
    )
    workers = draw(st.lists(st.sampled_from(WORKERS), unique=True, max_size=6))
    answers = [
        an_answer(worker, draw(st.sampled_from(OPTIONS)), task_id=task_id, late=late)
        for worker in workers
        for late in draw(st.sampled_from([[False], [False], [True], [False, True]]))
    ]
    on_time = [answer.assignment_id for answer in answers if not answer.late]
    reason = draw(st.sampled_from(["deadline", "exhausted", "verdict"]))
    named = [found for found in on_time if draw(st.integers(0, 4))]
    closing = [a_closing(named, task_id=task_id, reason=reason)] if draw(st.booleans()) else []
    known = [a_task(task_id, policy=policy)] if draw(st.integers(0, 9)) else []
    return [*known, *answers, *closing]


def _facts_of(journal: list[tuple[Event, int]]) -> dict[str, Value]:
    return facts(folded(QA, journal).items())


@settings(max_examples=300, deadline=None)
@given(story=stories(), seed=st.randoms(use_true_random=False))
def test_folding_in_any_order_any_number_of_times_is_the_same(story: Story, seed: Random) -> None:
    shuffled = story.journal * 2
    seed.shuffle(shuffled)

    assert _facts_of(story.journal) == story.running.facts()
    assert _facts_of(shuffled) == story.running.facts()


@settings(max_examples=150, deadline=None)
@given(story=stories(), seed=st.randoms(use_true_random=False))
def test_reading_everything_again_announces_nothing(story: Story, seed: Random) -> None:
    running, said = story.running, list(story.running.announced)
    before = running.facts()
    running.forget_outcomes()
    again = list(story.heard)
    seed.shuffle(again)

    running.hear_at_once(again)

    assert running.announced == said
    assert running.facts() == before


@settings(max_examples=150, deadline=None)
@given(story=stories())
def test_state_lost_and_folded_anew_announces_nothing_again(story: Story) -> None:
    rebuilt = qa_after()
    for event in [*story.running.announced, *story.heard]:
        rebuilt.catch_up_on(event)

    rebuilt.hear(*story.heard)

    assert rebuilt.announced == []


@settings(max_examples=300, deadline=None)
@given(story=stories())
def test_what_is_announced_keeps_its_promises(story: Story) -> None:
    verdicts = story.running.of(VerdictReached)
    reviews = story.running.of(ReviewRequested)

    assert len({verdict.event_id for verdict in verdicts}) == len(verdicts)
    assert len({review.event_id for review in reviews}) == len(reviews)
    for verdict in verdicts:
        counted = [vote for vote in verdict.votes if vote.standing == "counted"]
        assert not any(vote.late for vote in counted)
        assert all((vote.weight is None) == (vote.standing == "surplus") for vote in verdict.votes)
        assert len(counted) <= verdict.wanted
        assert len({vote.worker_id for vote in counted}) == len(counted)
        assert (verdict.answer is None) == (not counted and verdict.by == "people") or (
            verdict.by == "model"
        )


@settings(max_examples=100, deadline=None)
@given(story=stories())
def test_every_key_of_a_task_is_let_go_one_day(story: Story) -> None:
    lasting = {
        key
        for key in story.running.twin.items()
        if key not in story.running.twin.expiring and ":task:" in key
    }

    assert not lasting


def test_a_task_with_a_verdict_shrinks_to_its_ending() -> None:
    running = qa_after()
    running.hear(a_task(policy=a_policy(confidence=0.8)), an_answer("w-1"), an_answer("w-2"))

    kept = running.facts()

    assert kept[keys.task("main", "t-1")] == {
        "verdict": "confident",
        "given:w-1:a-t-1-w-1": "3",
        "given:w-2:a-t-1-w-2": "3",
    }
    at = int(after(0).timestamp())
    assert running.twin.expiring[keys.task("main", "t-1")] >= at + fold.ENDING_KEPT_SECONDS


def test_a_verdict_is_remembered_longer_than_what_could_bring_it_about_again() -> None:
    for topic in (TASKS, ASSIGNMENTS, VERDICTS):
        assert topic.kept_seconds is not None
        segment = int(topic.config()["segment.ms"]) // 1000
        assert topic.kept_seconds + segment + 86_400 <= fold.ENDING_KEPT_SECONDS


def test_lessons_are_added_once_and_to_everybody_as_to_each() -> None:
    running = qa_after()
    running.hear(a_task(policy=a_policy(confidence=0.8)), an_answer("w-1"), an_answer("w-2"))
    (verdict,) = running.of(VerdictReached)
    running.twin.make([*QA.folds(verdict), *QA.folds(verdict)])
    twin = running.twin

    each = [twin.hash(keys.reliability("main", "animals", worker)) for worker in ("w-1", "w-2")]
    everybody = twin.hash(keys.population("main", "animals"))

    assert [known["answers"] for known in each] == ["1", "1"]
    assert everybody["answers"] == "2"
    assert int(everybody["agreed_milli"]) == sum(int(known["agreed_milli"]) for known in each)


def _drafted(number: int, model: str, day: int) -> VerdictReached:
    draft = JudgedDraft(author=f"*{model}@1", lesson={"answers": 1, "agreed_milli": 900})
    return VerdictReached(
        pool="main",
        at=after(day * 86_400),
        task_id=f"t-{number}",
        task_type="animals",
        ref=OutputRef(source="/models/animals", id=f"o-{number}"),
        by="people",
        answer="cat",
        probability=0.9,
        distribution={},
        stop_reason="confident",
        lessons={"w-1": {"answers": 1, "agreed_milli": 800}},
        wanted=1,
        created_at=after(0),
        draft=draft,
    )


@settings(max_examples=50, deadline=None)
@given(
    days=st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 400)), min_size=1, max_size=8),
    seed=st.randoms(use_true_random=False),
)
def test_what_a_draft_showed_of_its_model_is_let_go_after_its_last_lesson(
    days: list[tuple[str, int]], seed: Random
) -> None:
    verdicts = [_drafted(number, model, day) for number, (model, day) in enumerate(days)]
    shuffled = verdicts * 2
    seed.shuffle(shuffled)
    journal, again = (folded(QA, [(one, 0) for one in order]) for order in (verdicts, shuffled))

    assert facts(again.items()) == facts(journal.items())
    assert again.expiring == journal.expiring
    for model, lessons in Counter(model for model, _ in days).items():
        last = max(after(day * 86_400) for named, day in days if named == model)
        author = keys.reliability("main", "animals", f"*{model}@1")
        assert journal.hash(author)["answers"] == str(lessons)
        assert journal.expiring[author] == int(last.timestamp()) + fold.ENDING_KEPT_SECONDS
    assert keys.reliability("main", "animals", "w-1") not in journal.expiring


@pytest.mark.parametrize("late", [False, True])
def test_a_vote_after_the_verdict_is_kept_and_changes_no_reliability(late: bool) -> None:
    running = qa_after()
    running.hear(a_task(policy=a_policy(confidence=0.8)), an_answer("w-1"), an_answer("w-2"))
    before = {key: value for key, value in running.facts().items() if ":task:" not in key}

    running.hear(an_answer("w-3", "dog", late=late))

    assert {k: v for k, v in running.facts().items() if ":task:" not in k} == before


def test_state_of_one_pool_touches_no_other() -> None:
    twin = Twin()
    twin.make(QA.folds(a_task(pool="north")))

    assert all(key.startswith(QA.slot(a_task(pool="north"))) for key in twin.items())
