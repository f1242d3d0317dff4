"""The table of invariants: number, title, and the functions that check each."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sentuh.audit import (
    answers,
    dead_letters,
    gate_proofs,
    golds,
    money,
    outputs,
    pay_by_unit,
    people,
    promises,
    ratings,
    recount,
    seats,
    second_stages,
    shown,
)
from sentuh.audit.named_answers import not_recomputable
from sentuh.audit.report import Finding, Report, Status, Violation
from sentuh.audit.unread import Unread, nothing_is_deleted_unread, records_lost
from sentuh.history.collect import History
from shared.contracts.events.assignments import (
    AssignmentAnswered,
    AssignmentDeclined,
    AssignmentExpired,
    AssignmentOffered,
    AssignmentWithdrawn,
    TaskUnroutable,
)
from shared.contracts.events.earnings import EarningAccrued, EarningConfirmed
from shared.contracts.events.second_stage import SecondRequested
from shared.contracts.topics import QA_TIMERS, ROUTER_TIMERS

Check = Callable[[History], Iterator[Violation]]


@dataclass(frozen=True, slots=True)
class Invariant:
    """One line of the table."""

    number: int
    title: str
    checks: tuple[Check, ...]


INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        1,
        "every output ends once, every task in one verdict",
        (
            outputs.every_record_is_read,
            outputs.every_output_ends_once,
            outputs.every_task_has_one_verdict,
            second_stages.every_second_stage_is_asked_about,
            second_stages.every_second_stage_decides,
            promises.what_is_waived_was_promised,
            gate_proofs.every_threshold_is_proved,
        ),
    ),
    Invariant(
        2,
        "no worker holds more than their capacity, no place is used twice at once",
        (seats.places_are_used_one_after_another, seats.capacity_is_kept),
    ),
    Invariant(
        3,
        "no worker answers a task twice, no answer is counted twice, none beyond what was wanted",
        (seats.nobody_answers_twice, seats.no_more_is_counted_than_wanted),
    ),
    Invariant(
        4,
        "every assignment ends once, no answer is lost, no late one counted",
        (
            answers.every_assignment_ends_once,
            answers.no_answer_is_lost,
            answers.verdicts_name_what_was_said,
        ),
    ),
    Invariant(
        5,
        "nobody was offered a task whose requirement they did not meet",
        (
            people.everybody_met_the_requirement,
            ratings.everybody_was_reliable_enough,
            shown.everybodys_app_could_show_it,
            shown.nobody_was_asked_whom_it_is_not_for,
            golds.nobody_has_a_gold_twice,
            shown.drafts_are_as_they_were_offered,
            shown.nothing_shown_leads_anybody,
        ),
    ),
    Invariant(
        6,
        "every verdict follows from its votes and weights",
        (
            recount.verdicts_recompute,
            second_stages.decisions_follow,
            golds.verdicts_say_which_gold_it_was,
        ),
    ),
    Invariant(
        7,
        "each answer earns once, at the quote of its offer",
        (
            money.each_answer_earns_once,
            money.each_amount_is_the_quote,
            pay_by_unit.each_offer_pays_its_task,
        ),
    ),
    Invariant(
        8,
        "ledger entries sum to zero, balances are the sums of lines",
        (money.entries_sum_to_zero, money.balances_are_the_sums_of_lines),
    ),
    Invariant(9, "whoever answered is paid, whatever they said", (money.everybody_is_paid,)),
    Invariant(10, "Redis holds what the journals come to", ()),
    Invariant(11, "one id, one content: the first is kept", (outputs.one_id_one_content,)),
    Invariant(
        12, "dead letters tell nothing of a payload", (dead_letters.dead_letters_tell_nothing,)
    ),
)
NO_REDIS = "needs Redis: give --redis"


@dataclass(frozen=True, slots=True)
class Beside:
    """What Redis adds to the topics: where it differs from them, and what was deleted unread."""

    held: Sequence[Violation]
    unread: Unread


def judge(history: History, *, beside: Beside | None, allow_open: bool) -> Report:
    """Check a history against every invariant.

    `beside` is what Redis adds, None if Redis was not looked at. Example: without Redis, invariant
    10 is "skipped", and of invariant 1 what was deleted before it was read.
    """
    findings = []
    for invariant in INVARIANTS:
        violations = tuple(one for check in invariant.checks for one in check(history))
        if invariant.number == 1 and beside is not None:
            violations += tuple(nothing_is_deleted_unread(beside.unread))
        if invariant.number == 10:
            if beside is None:
                findings.append(Finding(10, invariant.title, "skipped", reason=NO_REDIS))
                continue
            violations = tuple(beside.held)
        findings.append(_finding(invariant, violations, allow_open=allow_open))
    counted = counts(history)
    if beside is not None:
        counted["records deleted unread"] = records_lost(beside.unread)
    return Report(tuple(findings), counted, tuple(_notes(history, beside)))


def counts(history: History) -> dict[str, int]:
    """Count outputs, tasks, offers, answers and so on, in the order of the flow."""
    answers_given = history.of(AssignmentAnswered)
    verdicts = Counter(verdict.stop_reason for verdict in history.verdicts.values())
    listed = {} if history.sent is None else {"outputs the publisher lists": len(history.sent)}
    earned = (len(history.of(kind)) for kind in (EarningAccrued, EarningConfirmed))
    return {
        "output records": len(history.outputs),
        **listed,
        "copies of outputs": outputs.duplicates(history),
        **({"requests of model servers": len(history.requests)} if history.requests else {}),
        "outputs waived": len(history.waived),
        "tasks": len(history.tasks),
        "tasks nobody fits": sum(1 for _ in _unroutable(history)),
        "second stages": len(history.by_task(SecondRequested)),
        "offers": len(history.of(AssignmentOffered)),
        "declined": len(history.of(AssignmentDeclined)),
        "expired": len(history.of(AssignmentExpired)),
        "withdrawn": len(history.of(AssignmentWithdrawn)),
        "answers": len(answers_given),
        "answers late": sum(published.event.late for published in answers_given),
        **{f"verdicts {reason}": number for reason, number in sorted(verdicts.items())},
        "verdicts not recomputable, their answers no longer kept": not_recomputable(history),
        **dict(zip(("earnings accrued", "earnings confirmed"), earned, strict=True)),
        **{
            f"dead letters of {who}": number
            for who, number in sorted(_dead_letters(history).items())
        },
        **{
            f"copies absorbed on {topic}": number
            for topic, number in sorted(history.absorbed.items())
            if topic not in (ROUTER_TIMERS.name, QA_TIMERS.name)
        },
    }


def _unroutable(history: History) -> Iterator[str]:
    """Yield tasks that fitted no worker and were offered to nobody since."""
    for published in history.of(TaskUnroutable):
        offers = history.by_task(AssignmentOffered).get(published.event.task_id, ())
        if all(offer.event.at < published.event.at for offer in offers):
            yield published.event.task_id


def _finding(
    invariant: Invariant, violations: tuple[Violation, ...], *, allow_open: bool
) -> Finding:
    if not violations:
        return Finding(invariant.number, invariant.title, "ok")
    only_open = all(violation.open for violation in violations)
    status: Status = "open" if only_open and allow_open else "broken"
    return Finding(invariant.number, invariant.title, status, violations)


def _dead_letters(history: History) -> Counter[str]:
    return Counter(
        f"{dead_letter.service}: {dead_letter.reason}" for dead_letter in history.dead_letters
    )


def _notes(history: History, beside: Beside | None) -> Iterator[str]:
    if history.sent is None:
        yield (
            "No list of what was sent was given: the records of the outputs' topic stand for it, so"
            " an output lost on its way there cannot be seen."
        )
    if beside is None:
        yield "What topics lost before it was read is noted in Redis: give --redis to see it."
    if unknown := people.offers_not_judged(history):
        yield f"{unknown} offers went out on profiles no longer kept: 2 and 5 do not judge them."
    cut = {place.topic for place, extent in history.extents.items() if extent.first > 0}
    cut |= history.cut
    if cut:
        yield f"The beginning is no longer kept and not judged: {', '.join(sorted(cut))}."
