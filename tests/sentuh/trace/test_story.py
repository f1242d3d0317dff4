"""The story of one output, told from records: every kind of step, in order, with its reason."""

import json
from io import StringIO
from typing import get_args

import pytest
from rich.console import Console

from sentuh.trace import Story, show, tell
from sentuh.trace.ending import unknown
from sentuh.trace.output_records import task_of
from sentuh.trace.reasons import CLOSED, DECLINED, WITHDRAWN
from sentuh.trace.telling import clock
from shared.contracts.envelope import derived_traceparent
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.assignments import (
    AssignmentAccepted,
    AssignmentDeclined,
    AssignmentWithdrawn,
    TaskClosed,
    TaskUnroutable,
)
from shared.contracts.events.declining import REASONS
from shared.contracts.events.model import Event, natural_id
from shared.contracts.events.parts import Confidence, Gate, Requirement
from shared.contracts.events.ratings import SeenRating
from tests.sentuh.audit.journals import Log, a_judged_task, a_model_verdict, an_offer
from tests.support.builders import (
    POOL,
    TASK_TYPE,
    a_policy,
    a_ref,
    a_task,
    a_waiver,
    after,
    an_answer,
    an_output,
)


def story(log: Log, task_id: str = "t-1") -> Story:
    ref = a_ref(task_id)
    return tell((ref.source, ref.id), log.records, log.names)


def printed(shown: Story, *, width: int = 100, places: bool = False) -> str:
    paper = StringIO()
    show(shown, Console(file=paper, width=width, highlight=False), places=places)
    return paper.getvalue()


def a_judged_log() -> Log:
    log = Log()
    log.output("t-1")
    log.say(*a_judged_task("t-1", {"w-1": "cat", "w-2": "cat"}, late={"w-3": "dog"}))
    return log


def test_the_id_is_that_of_the_task_intake_makes() -> None:
    assert task_of(("/m", "o-1")) == natural_id("output", "/m", "o-1")


def test_a_request_is_told_and_is_no_copy_of_the_output() -> None:
    log = Log()
    log.request("t-1")
    log.output("t-1")
    log.request("t-1")

    assert [step.event for step in story(log).steps] == ["request", "output", "request"]
    assert "sent the request" in printed(story(log))


def test_a_judged_output_is_told_from_arrival_to_pay() -> None:
    told = story(a_judged_log())

    assert told.state == "verdict"
    assert [step.event for step in told.steps][:4] == [
        "output", "task.created.v1", "task.queued.v1", "assignment.offered.v1",
    ]  # fmt: skip
    assert [step.at for step in told.steps] == sorted(step.at for step in told.steps)
    said = printed(told)
    for words in (
        "the model is 60 % sure, below the gate's 85 %",
        "longest idle of 3 free who fit",
        "let w-3's offer expire",
        "answered “dog”, late",
        "kept and paid, not counted",
        "not counted: w-3 “dog” (late)",
        "made 0.05 USD payable to w-3",
        "0.15 USD payable for 3 answers",
    ):
        assert words in " ".join(said.split()), words


def test_an_answer_never_stands_before_it_was_accepted_whatever_two_clocks_say() -> None:
    log = Log()
    offer = an_offer("w-1", "t-1", at=after(1))
    accepted = AssignmentAccepted.model_validate(offer.model_dump() | {"at": after(5.2)})
    answered = an_answer("w-1", task_id="t-1", at=after(5.1))
    log.say(a_task("t-1"), offer, answered, accepted)

    assert [step.event for step in story(log).steps][-2:] == [accepted.TYPE, answered.TYPE]


@pytest.mark.parametrize(
    ("rating", "explored", "says"),
    [
        (SeenRating(lower=0.8, count=41), False, "enough (at least 0.80 in 41 answers, asked for"),
        (SeenRating(lower=0.4, count=12), True, "newcomers (at least 0.40 in 12 answers, asked"),
        (None, True, "let in by the share for newcomers (not rated yet, asked for 0.7)"),
    ],
)
def test_an_offer_says_by_which_rating_its_worker_came_in(
    rating: SeenRating | None, explored: bool, says: str
) -> None:
    offer = an_offer()
    required = Requirement(reliability_min=0.7, newcomer_share=0.1)
    why = offer.why.model_copy(update={"required": required})
    log = Log()
    log.say(*a_judged_task("t-1", {"w-1": "cat"})[:2])
    log.say(offer.model_copy(update={"why": why, "rating": rating, "explored": explored}))

    assert says in " ".join(printed(story(log)).split())


def test_a_decline_says_why_in_words_and_in_the_workers_own() -> None:
    log = Log()
    log.say(*a_judged_task("t-1", {"w-1": "cat"})[:3])
    log.say(a_decline(reason="media_unusable", note="only\nnoise \u202e[bold]"))
    log.say(a_decline("w-2"))

    said = " ".join(printed(story(log)).split())

    assert "declined, or gave it back: the recording or picture is unusable" in said
    assert "“only noise �[bold]”; the seat is free for somebody else" in said
    assert said.count("declined, or gave it back") == 2


def test_every_reason_to_decline_has_its_words() -> None:
    assert tuple(DECLINED) == REASONS


def test_every_reason_to_withdraw_an_offer_and_to_close_a_task_has_its_words() -> None:
    for event, words in ((AssignmentWithdrawn, WITHDRAWN), (TaskClosed, CLOSED)):
        assert set(get_args(event.model_fields["reason"].annotation)) == set(words)


def a_decline(worker_id: str = "w-1", **why: str) -> AssignmentDeclined:
    answered = an_answer(worker_id).model_dump(include=set(AssignmentDeclined.model_fields))
    return AssignmentDeclined.model_validate(answered | why)


@pytest.mark.parametrize("made", [a_task("t-1"), a_waiver("t-1")], ids=lambda made: made.TYPE)
def test_an_output_without_a_trace_has_the_one_that_follows_from_its_task(made: Event) -> None:
    log = Log()
    log.say(made)

    assert story(log).head["trace"] == derived_traceparent("t-1")


def test_it_is_the_same_story_when_records_come_twice_and_in_another_order() -> None:
    log = a_judged_log()
    log.records += [record for record in log.records if record.topic != "model-outputs"]
    log.records.reverse()

    assert [step.what for step in story(log).steps] == [
        step.what for step in story(a_judged_log()).steps
    ]


def test_a_waived_output_says_that_nobody_was_asked() -> None:
    log = Log()
    log.output("t-1")
    log.say(a_waiver("t-1"), a_model_verdict("t-1"))

    told = story(log)

    assert told.state == "waived"
    assert "no person was asked" in told.ending
    assert "from 85 % on the gate asks nobody" in told.steps[1].why


@pytest.mark.parametrize(
    ("reason", "confidence", "words"),
    [
        ("absent", Confidence(status="absent"), "does not say how sure"),
        ("sentinel", Confidence(status="sentinel"), "stands for “not set”"),
        ("audit", Confidence(status="ok", value=0.995), "99.5 % sure, which would do"),
    ],
)
def test_the_gates_reason_is_told(reason: str, confidence: Confidence, words: str) -> None:
    log = Log()
    gate = Gate.model_validate({"reason": reason, "threshold": 0.85, "audit_share": 0.05})
    output = an_output().model_copy(update={"confidence": confidence})
    log.say(a_task().model_copy(update={"gate": gate, "output": output}))

    assert words in story(log).steps[0].why


def test_a_copy_and_a_refused_second_content_are_told_apart() -> None:
    log = a_judged_log()
    log.output("t-1")
    other = log.output("t-1", b'{"label":"dog"}')
    log.dead_letter(other, Refused(Reason.ID_REUSE, "send changed content under a new id"))

    told = story(log)

    assert [step.event for step in told.steps if step.who == "upstream"] == [
        "output", "copy", "output",
    ]  # fmt: skip
    (refusal,) = (step for step in told.steps if step.event == "dead-letter")
    assert refusal.what.endswith("model-outputs[0]@2: id_reuse")
    assert refusal.why == "send changed content under a new id"
    assert told.state == "verdict"


def test_a_refused_output_says_why_and_what_to_do() -> None:
    log = Log()
    log.dead_letter(log.output("t-1"), Refused(Reason.UNKNOWN_TASK_TYPE, "name one that is"))

    told = story(log)

    assert told.state == "refused"
    assert "send it again" in told.ending
    assert told.steps[-1].why == "name one that is"


def test_what_is_not_finished_says_what_it_waits_for() -> None:
    log = Log()
    log.output("t-1")
    assert story(log).state == "waiting"
    assert "intake" in story(log).ending

    events = a_judged_task("t-1", {"w-1": "cat", "w-2": "cat"})
    log.say(events[0])
    assert story(log).state == "open"
    assert "router" in story(log).ending

    log.say(*events[1:4])
    assert "asked and still to answer: w-1, w-2" in story(log).ending

    log.say(*events[4:6])
    assert "2 answers are there, no verdict yet" in story(log).ending


def test_a_time_of_another_day_is_told_with_its_date() -> None:
    assert clock(after(0), step_at=after(0)) == "12:00:00"
    assert clock(after(86_400), step_at=after(0)) == "2026-03-02 12:00:00"


def test_a_task_nobody_fits_says_whom_to_register() -> None:
    log = Log()
    task, queued, *_ = a_judged_task("t-1", {"w-1": "cat"})
    lane = a_policy().requirement.lane()
    log.say(task, queued)
    assert "waits until 2026-03-01 13:00:00 UTC" in story(log).ending

    log.say(
        TaskUnroutable(
            pool=POOL, at=after(2), task_id="t-1", task_type=TASK_TYPE, requirement_lane=lane
        )
    )
    assert "register somebody" in story(log).ending


def test_an_unknown_id_names_what_may_be_meant() -> None:
    said = str(unknown(("/models/m", "o-17"), {("/models/n", "o-17"), ("/models/m", "o-18")}))

    assert "Did you mean --source /models/n --id o-17?" in said
    assert "Did you mean" not in str(unknown(("/x", "y"), set()))


def test_places_and_json_hold_what_is_needed_to_find_each_step() -> None:
    told = story(a_judged_log())

    assert "verdicts[0]@0" in printed(told, places=True)
    assert "verdicts[0]@0" not in printed(told)
    said = json.loads(told.as_json())
    assert said["steps"][-1]["event"] == "earning.confirmed.v1"
    assert said["state"] == "verdict"


def test_a_narrow_terminal_loses_no_word() -> None:
    words = ["let", "w-3's", "offer", "expire"]

    assert all(word in printed(story(a_judged_log()), width=50) for word in words)


def test_what_others_sent_is_no_command_to_a_terminal() -> None:
    said = str(unknown(("/m", "o-1"), {("/m", "o-1\x1b[2J")}))

    assert "--id 'o-1�[2J'" in said
    said = str(unknown(("/m", "o-1; touch /tmp/y"), {("/m", "o-1; touch /tmp/x")}))
    assert "--source /m --id 'o-1; touch /tmp/x'?" in said
