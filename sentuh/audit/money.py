"""Checks money: one earning per answer at the quote, entries that sum to zero, nobody unpaid."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sentuh.audit.report import Violation
from sentuh.history.collect import History, PublishedEvent
from shared.contracts.events.assignments import AssignmentAnswered, AssignmentOffered
from shared.contracts.events.earnings import EarningAccrued, EarningConfirmed
from shared.contracts.events.parts import Quote
from shared.contracts.topics import ASSIGNMENTS, EARNINGS

Line = EarningAccrued | EarningConfirmed
Counts = Callable[[int], bool]
Account = tuple[str, str]
"""Pool and name."""


def each_answer_earns_once(history: History) -> Iterator[Violation]:
    """Yield earnings accrued or confirmed twice for one task, worker and kind, or for no answer."""
    for kind in (EarningAccrued, EarningConfirmed):
        for (task_id, worker_id, _), lines in _lines(history, kind).items():
            if len(lines) > 1:
                ids = " ".join(f"{line.line_id}" for line in lines)
                amount = sum(line.quote.amount_minor for line in lines)
                detail = f"{len(lines)} times {kind.TYPE}, together {amount}"
                yield Violation(f"{task_id} {worker_id} {ids}", detail)
    yield from _without_cause(history)


def each_amount_is_the_quote(history: History) -> Iterator[Violation]:
    """Yield answers and earnings over another amount than the offer promised."""
    answers = [published.event for published in history.of(AssignmentAnswered)]
    # An answer repeats its token's quote: all there is where the offer itself was forgotten.
    quotes = {answer.assignment_id: answer.quote for answer in answers}
    quotes |= {
        published.event.assignment_id: published.event.quote
        for published in history.of(AssignmentOffered)
    }
    for event in (*answers, *_all_lines(history)):
        quote = quotes.get(event.assignment_id)
        if quote is not None and event.quote != quote:
            subject = f"{event.task_id} {event.worker_id} {event.assignment_id}"
            detail = (
                f"{event.TYPE} over {_in_words(event.quote)}; the offer said {_in_words(quote)}"
            )
            yield Violation(subject, detail)


def entries_sum_to_zero(history: History) -> Iterator[Violation]:
    """Yield earning lines whose entries do not sum to zero or do not move exactly their quote."""
    for line in _all_lines(history):
        subject = f"{line.line_id} {line.task_id} {line.worker_id}"
        total = sum(entry.amount_minor for entry in line.entries)
        if total:
            yield Violation(subject, f"the entries of {line.TYPE} sum to {total}")
        elif not _moves_its_quote(line):
            moved = ", ".join(f"{entry.account} {entry.amount_minor:+}" for entry in line.entries)
            yield Violation(subject, f"{line.TYPE} over {_in_words(line.quote)} moves {moved}")


def balances_are_the_sums_of_lines(history: History) -> Iterator[Violation]:
    """Yield workers' accounts whose entries come to another sum than their earning lines."""
    booked, owed = balances(lines(history)), _owed(history)
    mine = {account for account in booked if account[1].startswith("worker/")}
    for account in sorted(mine | owed.keys()):
        if booked.get(account, 0) != owed.get(account, 0):
            detail = f"holds {booked.get(account, 0)}; its lines come to {owed.get(account, 0)}"
            yield Violation(f"{account[1]} in {account[0]}", detail)


def everybody_is_paid(history: History) -> Iterator[Violation]:
    """Yield answers that earned nothing, and earnings not payable although the verdict is in.

    A late answer and one of the minority earn like any other.
    Example: answered, never accrued is an open violation.
    """
    accrued = _lines(history, EarningAccrued)
    confirmed = _lines(history, EarningConfirmed)
    for published in history.of(AssignmentAnswered):
        answer = published.event
        subject = f"{answer.task_id} {answer.worker_id} {answer.assignment_id}"
        line = (answer.task_id, answer.worker_id, "answer")
        if line not in accrued:
            yield Violation(subject, "an answer was delivered and nothing is owed", open=True)
        elif answer.task_id in history.verdicts and line not in confirmed:
            detail = "the verdict is in and the earning is not confirmed"
            yield Violation(subject, detail, open=True)


def lines(history: History) -> Sequence[PublishedEvent[Line]]:
    """Return every earning line, accrued and confirmed, with its spot."""
    all_lines: tuple[PublishedEvent[Any], ...] = (
        *history.of(EarningAccrued),
        *history.of(EarningConfirmed),
    )
    return all_lines


def balances(
    earning_lines: Iterable[PublishedEvent[Line]], counts: Counts = lambda _: True
) -> Counter[Account]:
    """Sum the entries of these lines by account; `counts` says which amounts are included.

    Example: balances(lines(history), lambda amount: amount > 0) sums the credits alone.
    """
    sums: Counter[Account] = Counter()
    for published in earning_lines:
        for entry in published.event.entries:
            if counts(entry.amount_minor):
                sums[published.event.pool, entry.account] += entry.amount_minor
    return sums


def _without_cause(history: History) -> Iterator[Violation]:
    answered = {published.event.assignment_id for published in history.of(AssignmentAnswered)}
    accrued = {published.event.line_id for published in history.of(EarningAccrued)}
    for line in _all_lines(history):
        subject = f"{line.line_id} {line.task_id} {line.worker_id}"
        if line.assignment_id not in answered and history.whole(ASSIGNMENTS.name):
            yield Violation(subject, f"{line.TYPE} for an answer that was never given")
        confirms = isinstance(line, EarningConfirmed)
        if confirms and line.line_id not in accrued and history.whole(EARNINGS.name):
            yield Violation(subject, "confirmed, and it was never accrued")
        if confirms and line.task_id not in history.verdicts:
            yield Violation(subject, "confirmed, and there is no verdict")


def _moves_its_quote(line: Line) -> bool:
    amounts: Counter[str] = Counter()
    for entry in line.entries:
        amounts[entry.account] += entry.amount_minor
    pending, payable = _accounts(line)
    quote = line.quote.amount_minor
    if isinstance(line, EarningConfirmed):
        return (amounts[pending], amounts[payable]) == (-quote, quote)
    return (amounts[pending], amounts[payable]) == (quote, 0)


def _owed(history: History) -> Mapping[Account, int]:
    sums: Counter[Account] = Counter()
    for line in _all_lines(history):
        pending, payable = _accounts(line)
        if isinstance(line, EarningConfirmed):
            sums[line.pool, pending] -= line.quote.amount_minor
            sums[line.pool, payable] += line.quote.amount_minor
        else:
            sums[line.pool, pending] += line.quote.amount_minor
    return sums


def _accounts(line: Line) -> tuple[str, str]:
    """Return the names of the worker's two accounts: pending a verdict, and payable."""
    worker, currency = line.worker_id, line.quote.currency
    return f"worker/{worker}/pending/{currency}", f"worker/{worker}/payable/{currency}"


def _lines(history: History, kind: type[Line]) -> Mapping[tuple[str, str, str], list[Line]]:
    groups: dict[tuple[str, str, str], list[Line]] = defaultdict(list)
    for published in history.of(kind):
        groups[published.event.task_id, published.event.worker_id, published.event.kind].append(
            published.event
        )
    return groups


def _all_lines(history: History) -> Iterator[Line]:
    yield from (published.event for published in lines(history))


def _in_words(quote: Quote) -> str:
    return f"{quote.amount_minor} minor units of {quote.currency}"
