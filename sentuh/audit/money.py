"""Money: one earning per answer at the quote, entries that sum to zero, nobody unpaid."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sentuh.audit.report import Violation
from sentuh.history.collect import History, Seen
from shared.contracts.events.assignments import AssignmentAnswered, AssignmentOffered
from shared.contracts.events.earnings import EarningAccrued, EarningConfirmed
from shared.contracts.events.parts import Quote
from shared.contracts.topics import ASSIGNMENTS, EARNINGS

Line = EarningAccrued | EarningConfirmed
Counts = Callable[[int], bool]
Account = tuple[str, str]
"""Pool and name."""


def each_answer_earns_once(history: History) -> Iterator[Violation]:
    """Per (task, worker, kind) one accrual and one confirmation of it, for an answer given."""
    for kind in (EarningAccrued, EarningConfirmed):
        for (task_id, worker_id, _), lines in _lines(history, kind).items():
            if len(lines) > 1:
                ids = " ".join(f"{line.line_id}" for line in lines)
                amount = sum(line.quote.amount_minor for line in lines)
                detail = f"{len(lines)} times {kind.TYPE}, together {amount}"
                yield Violation(f"{task_id} {worker_id} {ids}", detail)
    yield from _without_cause(history)


def each_amount_is_the_quote(history: History) -> Iterator[Violation]:
    """What was offered is what was owed and is payable."""
    given = [seen.event for seen in history.of(AssignmentAnswered)]
    # An answer repeats its token's quote: all there is where the offer itself was forgotten.
    quotes = {answer.assignment_id: answer.quote for answer in given}
    quotes |= {seen.event.assignment_id: seen.event.quote for seen in history.of(AssignmentOffered)}
    for said in (*given, *_all_lines(history)):
        quote = quotes.get(said.assignment_id)
        if quote is not None and said.quote != quote:
            subject = f"{said.task_id} {said.worker_id} {said.assignment_id}"
            detail = f"{said.TYPE} over {_said(said.quote)}; the offer said {_said(quote)}"
            yield Violation(subject, detail)


def entries_sum_to_zero(history: History) -> Iterator[Violation]:
    """Each line's entries sum to zero and move its quote: to pending, then to payable."""
    for line in _all_lines(history):
        subject = f"{line.line_id} {line.task_id} {line.worker_id}"
        total = sum(entry.amount_minor for entry in line.entries)
        if total:
            yield Violation(subject, f"the entries of {line.TYPE} sum to {total}")
        elif not _moves_its_quote(line):
            moved = ", ".join(f"{entry.account} {entry.amount_minor:+}" for entry in line.entries)
            yield Violation(subject, f"{line.TYPE} over {_said(line.quote)} moves {moved}")


def balances_are_the_sums_of_lines(history: History) -> Iterator[Violation]:
    """What the entries leave on a worker's accounts is what their lines come to."""
    booked, owed = balances(lines(history)), _owed(history)
    mine = {account for account in booked if account[1].startswith("worker/")}
    for account in sorted(mine | owed.keys()):
        if booked.get(account, 0) != owed.get(account, 0):
            detail = f"holds {booked.get(account, 0)}; its lines come to {owed.get(account, 0)}"
            yield Violation(f"{account[1]} in {account[0]}", detail)


def everybody_is_paid(history: History) -> Iterator[Violation]:
    """Every delivered answer, late or in the minority, is owed; with the verdict it is payable."""
    accrued = _lines(history, EarningAccrued)
    confirmed = _lines(history, EarningConfirmed)
    for seen in history.of(AssignmentAnswered):
        answer = seen.event
        subject = f"{answer.task_id} {answer.worker_id} {answer.assignment_id}"
        line = (answer.task_id, answer.worker_id, "answer")
        if line not in accrued:
            yield Violation(subject, "an answer was delivered and nothing is owed", open=True)
        elif answer.task_id in history.verdicts and line not in confirmed:
            detail = "the verdict is in and the earning is not confirmed"
            yield Violation(subject, detail, open=True)


def lines(history: History) -> Sequence[Seen[Line]]:
    """Every line, accrued and confirmed, and where it was told."""
    found: tuple[Seen[Any], ...] = (*history.of(EarningAccrued), *history.of(EarningConfirmed))
    return found


def balances(told: Iterable[Seen[Line]], counts: Counts = lambda _: True) -> Counter[Account]:
    """What the entries of these lines leave on each account; only those whose amount counts."""
    found: Counter[Account] = Counter()
    for seen in told:
        for entry in seen.event.entries:
            if counts(entry.amount_minor):
                found[seen.event.pool, entry.account] += entry.amount_minor
    return found


def _without_cause(history: History) -> Iterator[Violation]:
    given = {seen.event.assignment_id for seen in history.of(AssignmentAnswered)}
    accrued = {seen.event.line_id for seen in history.of(EarningAccrued)}
    for line in _all_lines(history):
        subject = f"{line.line_id} {line.task_id} {line.worker_id}"
        if line.assignment_id not in given and history.whole(ASSIGNMENTS.name):
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
    found: Counter[Account] = Counter()
    for line in _all_lines(history):
        pending, payable = _accounts(line)
        if isinstance(line, EarningConfirmed):
            found[line.pool, pending] -= line.quote.amount_minor
            found[line.pool, payable] += line.quote.amount_minor
        else:
            found[line.pool, pending] += line.quote.amount_minor
    return found


def _accounts(line: Line) -> tuple[str, str]:
    """Names of the worker's two accounts: delivered and waiting for a verdict; to be paid out."""
    worker, currency = line.worker_id, line.quote.currency
    return f"worker/{worker}/pending/{currency}", f"worker/{worker}/payable/{currency}"


def _lines(history: History, kind: type[Line]) -> Mapping[tuple[str, str, str], list[Line]]:
    found: dict[tuple[str, str, str], list[Line]] = defaultdict(list)
    for seen in history.of(kind):
        found[seen.event.task_id, seen.event.worker_id, seen.event.kind].append(seen.event)
    return found


def _all_lines(history: History) -> Iterator[Line]:
    yield from (seen.event for seen in lines(history))


def _said(quote: Quote) -> str:
    return f"{quote.amount_minor} minor units of {quote.currency}"
