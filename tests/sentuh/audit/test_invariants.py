"""One thing wrong in an otherwise clean history is named by exactly its invariant, with its ids."""

import pytest

from sentuh.audit import Report
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.assignments import AssignmentWithdrawn, TaskUnroutable
from shared.contracts.record import Outgoing
from shared.contracts.topics import WORKERS
from tests.sentuh.audit import gold_wrongs, shown_wrongs, wrongs
from tests.sentuh.audit.journals import (
    a_clean_log,
    a_judged_task,
    a_profile,
    an_expiry,
    an_offer,
    earnings,
)
from tests.sentuh.audit.wrongs import Inject, worked
from tests.support.builders import POOL, TASK_TYPE, a_task, after, an_answer


def violations_of(report: Report) -> str:
    """Every violation, a line each."""
    return "\n".join(
        f"{found.number} {violation}" for found in report.findings for violation in found.violations
    )


def _name(case: object) -> str:
    return getattr(case, "__name__", str(case))


CASES: list[tuple[int, Inject, str]] = [
    (1, wrongs.lost_output, "out-t-lost"),
    (1, wrongs.lost_before_the_topic, "out-never"),
    (1, wrongs.two_tasks_of_one_output, "out-t-1"),
    (1, wrongs.two_verdicts, "t-1"),
    (2, wrongs.over_capacity, "w-7 a-t-2-w-7 a-t-1x-w-7"),
    (2, wrongs.one_place_twice, "w-7 a-t-5x-w-7 a-t-6x-w-7"),
    (2, wrongs.turn_before_the_last_ended, "w-7 a-t-5x-w-7 a-t-6x-w-7"),
    (2, wrongs.turn_before_the_last_was_over, "w-7 a-t-5x-w-7 a-t-6x-w-7"),
    (3, wrongs.answered_twice, "t-1 w-1 a-again a-t-1-w-1"),
    (3, wrongs.counted_twice, "t-1 a-t-1-w-1"),
    (3, wrongs.counted_beyond_wanted, "t-2"),
    (4, wrongs.never_ended, "a-t-1-w-7 w-7"),
    (4, wrongs.ended_twice, "a-t-1-w-1 w-1"),
    (4, wrongs.response_lost, "t-1 w-9"),
    (4, wrongs.late_counted, "t-1 a-t-1-w-3"),
    (4, wrongs.passed_over, "t-1 a-t-1-w-1"),
    (5, wrongs.unqualified, "a-t-1-w-7 w-7"),
    (5, wrongs.without_profile, "a-t-1-w-8 w-8"),
    (5, shown_wrongs.not_what_the_app_shows, "a-t-1-w-1 w-1"),
    (5, shown_wrongs.shown_no_more, "a-t-1-w-1 w-1"),
    (5, shown_wrongs.not_for_them, "a-t-1-w-1 w-1"),
    (5, gold_wrongs.for_somebody_else, "a-t-1-w-1 w-1"),
    (5, gold_wrongs.one_person_twice, "t-5 t-6 w-1"),
    (5, shown_wrongs.blind_with_a_draft, "a-t-1-w-1 w-1"),
    (5, shown_wrongs.blind_with_the_models_text, "a-t-1-w-1 w-1"),
    (5, shown_wrongs.without_a_draft_and_with_the_models_text, "a-t-1-w-1 w-1"),
    (5, shown_wrongs.with_the_models_scores, "a-t-1-w-1 w-1"),
    (5, shown_wrongs.with_an_answer_that_is_not_judged, "a-t-1-w-1 w-1"),
    (5, shown_wrongs.drafted_without_a_draft, "a-t-1-w-1 w-1"),
    (5, shown_wrongs.drafted_otherwise_than_offered, "a-t-1-w-1 w-1"),
    (5, shown_wrongs.answered_otherwise_than_offered, "a-t-1-w-1 w-1"),
    (6, wrongs.wrong_probability, "t-1"),
    (6, wrongs.wrong_answer, "t-1"),
    (6, gold_wrongs.unnamed, "t-1"),
    (6, gold_wrongs.another_truth, "t-1"),
    (6, gold_wrongs.never_placed, "t-1"),
    (7, wrongs.paid_twice, "t-1 w-1"),
    (7, wrongs.paid_for_nothing, "for-nothing t-1 w-8"),
    (7, wrongs.paid_another_amount, "t-1 w-1"),
    (7, wrongs.offered_less_than_the_task_says, "t-1 w-1"),
    (8, wrongs.broken_entry, "t-1 w-1"),
    (8, wrongs.another_pocket, "t-1 w-1"),
    (9, wrongs.unpaid_minority, "t-1 w-3 a-t-1-w-3"),
    (9, wrongs.not_confirmed, "t-1 w-3 a-t-1-w-3"),
    (11, wrongs.another_content, "assignment.answered.v1"),
    (11, wrongs.first_not_kept, "out-t-2"),
    (12, wrongs.telling_letter, "-"),
    (12, wrongs.strange_header, "-"),
]


@pytest.mark.parametrize(("number", "inject", "ids"), CASES, ids=_name)
def test_one_wrong_thing_breaks_one_invariant(number: int, inject: Inject, ids: str) -> None:
    log = a_clean_log()

    inject(log)

    report = log.audit()
    assert report.broken == (number,), violations_of(report)
    assert ids in violations_of(report)


def test_a_clean_history_is_clean() -> None:
    report = a_clean_log().audit()

    assert report.ok, violations_of(report)
    assert [found.number for found in report.findings if found.status == "skipped"] == [10]


def test_what_is_said_twice_alike_is_absorbed_and_counted() -> None:
    log = a_clean_log()
    log.say(*a_judged_task("t-1", {"w-1": "cat", "w-2": "cat"}, late={"w-3": "dog"}))

    report = log.audit()

    assert report.ok, violations_of(report)
    assert report.counts["copies absorbed on earnings"] == 6
    assert report.counts["earnings accrued"] == 3


def test_what_is_under_way_is_open_where_that_is_allowed() -> None:
    log = a_clean_log()
    log.output("t-2")
    log.say(a_task("t-2"), a_profile("w-7"), an_offer("w-7", "t-1", at=after(5)))

    assert log.audit().broken == (1, 4)
    assert log.audit(allow_open=True).ok
    assert [f.number for f in log.audit(allow_open=True).findings if f.status == "open"] == [1, 4]


def test_an_ending_counts_from_when_it_was_over_not_from_when_it_was_said() -> None:
    log = a_clean_log()
    offer, expiry = worked("w-7", "t-5x", place=0, start=200)
    log.say(a_profile("w-7"), offer, expiry.model_copy(update={"ended_at": after(205)}))
    log.say(*worked("w-7", "t-6x", place=0, turn=2, start=210))

    assert log.audit().ok, violations_of(log.audit())


def test_a_displaced_offer_holds_no_place() -> None:
    log = a_clean_log()
    log.say(a_profile("w-7"), *worked("w-7", "t-5x", place=0, start=200))
    offer = an_offer("w-7", "t-6x", at=after(201))
    gone = an_expiry("w-7", "t-6x").model_dump() | {"reason": "displaced", "at": after(260)}
    log.say(offer, AssignmentWithdrawn.model_validate(gone))

    assert log.audit().ok, violations_of(log.audit())


def test_only_a_worker_who_left_may_have_an_ending_without_an_offer() -> None:
    ended = an_expiry("w-7").model_dump()
    clean, broken = a_clean_log(), a_clean_log()
    clean.say(AssignmentWithdrawn.model_validate(ended | {"reason": "left"}))
    broken.say(AssignmentWithdrawn.model_validate(ended | {"reason": "deadline"}))

    assert clean.audit().ok, violations_of(clean.audit())
    assert "4 a-t-1-w-7 w-7: ended, and it was never offered" in violations_of(broken.audit())


def test_an_answer_to_an_offer_the_state_forgot_is_kept_and_paid_and_nothing_is_wrong() -> None:
    log = a_clean_log()
    late = an_answer("w-7", "dog", late=True, at=after(60))
    gone = an_expiry("w-7").model_dump() | {"reason": "displaced", "at": after(60)}
    log.say(late, AssignmentWithdrawn.model_validate(gone), *earnings(late))

    assert log.audit().ok, violations_of(log.audit())


def test_what_compaction_took_is_not_judged_and_said_to_be_so() -> None:
    log = a_clean_log()
    workers = log.names.of(WORKERS)
    log.records = [one for one in log.records if one.topic != workers or one.offset]
    log.say(a_profile("w-1", at=500))

    report = log.audit()

    assert report.ok, violations_of(report)
    assert any(note.startswith("1 offers went out") for note in report.notes)


@pytest.mark.parametrize(("ago", "is_broken"), [(3_700, True), (3_000, False)])
def test_nobody_is_offered_work_an_hour_after_they_were_deleted(
    ago: float, *, is_broken: bool
) -> None:
    """An hour: the router may have been away for a while, and heard of it late."""
    log = a_clean_log()
    log.say(a_profile("w-9", at=-9_000))
    log.append(Outgoing(log.names.of(WORKERS), b"w-9", None, ()), at=after(-ago))
    log.say(an_offer("w-9", "t-1", at=after(5)))

    report = log.audit(allow_open=True)

    assert (5 in report.broken) is is_broken
    assert 1 not in report.broken  # a record without a value is no dead letter here


def test_a_profile_of_a_moment_ago_will_do() -> None:
    log = a_clean_log()
    log.say(a_profile("w-1", at=-30, skills={}), a_profile("w-2", at=-300))

    assert log.audit().ok, violations_of(log.audit())


def test_the_second_content_of_an_id_is_refused_and_the_first_kept() -> None:
    log = a_clean_log()
    again = log.output("t-1", b'{"label":"dog"}')
    log.dead_letter(again, Refused(Reason.ID_REUSE, "this id was used before with other content"))
    pairs = zip(log.sent[1:], "ab", strict=True)
    log.sent[1:] = [sent.model_copy(update={"digest": digest}) for sent, digest in pairs]

    assert log.audit().ok, violations_of(log.audit())


def test_two_contents_of_one_id_and_no_refusal_are_named() -> None:
    log = a_clean_log()
    log.sent += [log.sent[1].model_copy(update={"digest": digest}) for digest in "ab"]

    assert log.audit().broken == (11,)


def test_without_a_list_of_what_was_sent_the_topic_stands_for_it() -> None:
    log = a_clean_log()
    log.output("t-lost")

    report = log.audit(sent=False)

    assert report.broken == (1,)
    assert "No list" in report.notes[0]


def test_a_task_that_was_offered_since_is_not_counted_as_fitting_nobody() -> None:
    log = a_clean_log()
    nobody = {"pool": POOL, "task_type": TASK_TYPE, "requirement_lane": "x"}
    log.say(TaskUnroutable(at=after(0), task_id="t-1", **nobody))
    log.say(TaskUnroutable(at=after(0), task_id="t-9", **nobody))

    assert log.audit().counts["tasks nobody fits"] == 1


def test_a_request_is_no_output_that_could_be_lost_nor_a_copy_of_one() -> None:
    log = a_clean_log()
    plain = log.audit().counts
    log.request("t-1")
    log.request("t-9")
    report = log.audit()

    assert report.ok
    assert report.counts["requests of model servers"] == 2
    assert report.counts["output records"] == plain["output records"]
    assert report.counts["copies of outputs"] == plain["copies of outputs"]


def test_a_refused_request_is_not_taken_for_its_response() -> None:
    log = a_clean_log()
    log.request("t-9")
    log.output("t-9")
    log.dead_letter(log.request("t-9"), Refused(Reason.ID_REUSE, "id: it had another request"))

    assert log.audit().broken == (1,)
