"""Checks outputs: each ends once, each task has one verdict, one id keeps its first content."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import partial

from sentuh.audit.report import Violation
from sentuh.audit.second_stages import is_over, standing, waits_until
from sentuh.history.collect import DeadLetter, History, PublishedEvent, Spot, as_text
from sentuh.history.output_refs import Ref, own_place
from shared.contracts.errors import Reason
from shared.contracts.events.assignments import AssignmentAnswered
from shared.contracts.events.responses import OfferAnswered
from shared.contracts.events.tasks import OutputWaived, TaskCreated
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.question import NO_QUESTION, kept
from shared.contracts.topics import ASSIGNMENTS, EARNINGS, MODEL_OUTPUTS, TASKS, VERDICTS

not_yet = partial(Violation, open=True)


def every_record_is_read(history: History) -> Iterator[Violation]:
    """Yield unreadable records: of a journal each, of other topics those without a dead letter."""
    ours = {topic.name for topic in (TASKS, ASSIGNMENTS, VERDICTS, EARNINGS)}
    for spot, refused in history.unreadable:
        if spot[0] in ours:
            yield Violation(_place(spot), f"a record of ours that cannot be read: {refused}")
        elif spot not in history.dead_letters_by_spot:
            yield not_yet(_place(spot), f"no dead letter for what cannot be read: {refused}")


def every_output_ends_once(history: History) -> Iterator[Violation]:
    """Yield outputs that ended twice, or neither as task, waiver, duplicate nor dead letter."""
    endings = _endings(history)
    for ref, ends in endings.items():
        if len(ends) > 1:
            yield Violation(as_text(ref), f"ended {len(ends)} times: {', '.join(sorted(ends))}")
    yield from _lost(history, endings)


def every_task_has_one_verdict(history: History) -> Iterator[Violation]:
    """Yield tasks without exactly one verdict by people, and waived outputs without the model's."""
    gated: dict[str, TaskCreated | OutputWaived] = {**history.waived, **history.tasks}
    for task_id, made in gated.items():
        verdicts = [one.event for one in history.by_task(VerdictReached).get(task_id, ())]
        if not verdicts:
            yield _without_verdict(history, task_id)
        elif len(verdicts) > 1:
            yield Violation(task_id, f"{len(verdicts)} verdicts: {_answers(verdicts)}")
        elif verdicts[0].ref != made.ref:
            yield Violation(task_id, "its verdict names another output than its task does")
        elif (verdicts[0].by == "people") != (task_id in history.tasks):
            yield Violation(task_id, f"judged by {verdicts[0].by}, which the gate did not decide")
    if history.whole(TASKS.name):
        for task_id in history.verdicts.keys() - history.tasks.keys() - history.waived.keys():
            yield Violation(task_id, "a verdict on what was never a task nor waived")


def _without_verdict(history: History, task_id: str) -> Violation:
    """Return that a task has no verdict; one that waits for its second stage is open until then."""
    request = standing(history).get(task_id)
    if request is None:
        return not_yet(task_id, "no verdict")
    if is_over(history, request):
        return Violation(task_id, "no verdict, and its second stage is over long since")
    until = f"{waits_until(history, request):%Y-%m-%d %H:%M} UTC"
    return not_yet(task_id, f"no verdict yet: it waits for {request.second_task_id}, until {until}")


def one_id_one_content(history: History) -> Iterator[Violation]:
    """Yield events whose copies differ, and ids of which not the first content was kept."""
    for first, spot in history.contradicted:
        detail = f"said again otherwise at {_place(spot)}, first at {_place(first.spot)}"
        yield Violation(f"{first.event.TYPE} {first.id}", detail)
    yield from _other_contents(history)
    for dead_letter in history.dead_letters:
        if dead_letter.reason == Reason.ID_REUSE and dead_letter.service == "intake":
            yield from _output_kept(history, dead_letter)
        elif dead_letter.reason == Reason.ID_REUSE and dead_letter.service == "router":
            yield from _answer_kept(history, dead_letter)


def duplicates(history: History) -> int:
    """Count the output records that were a further copy of an output already handled."""
    refused = sum(record.spot in history.dead_letters_by_spot for record in history.outputs)
    named = {
        record.ref or record.spot
        for record in history.outputs
        if record.spot not in history.dead_letters_by_spot
    }
    return len(history.outputs) - refused - len(named)


def _endings(history: History) -> Mapping[Ref, set[str]]:
    ends: dict[Ref, set[str]] = defaultdict(set)
    for task in history.of(TaskCreated):
        ends[task.event.ref.source, task.event.ref.id].add(f"task {task.event.task_id}")
    for waived in history.of(OutputWaived):
        ends[waived.event.ref.source, waived.event.ref.id].add(f"waived {waived.event.task_id}")
    return ends


def _lost(history: History, endings: Mapping[Ref, set[str]]) -> Iterator[Violation]:
    refused = {
        dead_letter.ref
        for dead_letter in history.dead_letters
        if dead_letter.spot[0] == MODEL_OUTPUTS.name and not dead_letter.of_request
    }
    placed = {place[1:] for ref in endings if (place := own_place(ref)) is not None}
    lost: dict[str, str] = {}
    for record in history.outputs:
        # Of one whose id cannot be read nobody can tell which ending is its own.
        ended = record.hidden or record.ref in endings or record.spot[1:] in placed
        if not ended and record.spot not in history.dead_letters_by_spot:
            subject = as_text(record.ref) if record.ref else _place(record.spot)
            lost[subject] = f"at {_place(record.spot)}: no task, no waiver, no dead letter"
    for sent in history.sent or ():
        spot = (MODEL_OUTPUTS.name, sent.partition, sent.offset)
        ended = sent.ref in endings or sent.ref in refused
        if not ended and spot not in history.dead_letters_by_spot:
            lost.setdefault(as_text(sent.ref), "sent: no task, no waiver, no dead letter")
    yield from (not_yet(subject, detail) for subject, detail in lost.items())


def _other_contents(history: History) -> Iterator[Violation]:
    """Yield ids that a publisher sent with several contents without a refusal of each further."""
    contents: dict[Ref, set[str]] = defaultdict(set)
    for sent in history.sent or ():
        contents[sent.ref].add(sent.digest or "")
    refused = (one for one in history.dead_letters if not one.of_request)
    refusals = Counter(dead_letter.ref for dead_letter in refused)
    for ref, digests in contents.items():
        if refusals[ref] < len(digests) - 1:
            detail = f"{len(digests)} contents under one id and {refusals[ref]} dead letters"
            yield not_yet(as_text(ref), detail)


def _output_kept(history: History, dead_letter: DeadLetter) -> Iterator[Violation]:
    if dead_letter.ref is None or not history.whole(MODEL_OUTPUTS.name):
        return
    sent = history.requests if dead_letter.of_request else history.outputs
    same = [record.spot for record in sent if record.ref == dead_letter.ref]
    kept = [spot for spot in same if spot not in history.dead_letters_by_spot]
    here = [spot for spot in kept if spot[1] == dead_letter.spot[1]]
    if not kept or (here and min(here) > dead_letter.spot and len(here) == len(kept)):
        yield Violation(
            as_text(dead_letter.ref), "refused as id_reuse, and no earlier content was kept"
        )


def _answer_kept(history: History, dead_letter: DeadLetter) -> Iterator[Violation]:
    for refused in history.of(OfferAnswered):
        if refused.spot != dead_letter.spot:
            continue
        earlier = [
            _meant(history, published.event) for published in _answers_before(history, refused)
        ]
        taken = [
            _meant(history, published.event)
            for published in history.by_task(AssignmentAnswered).get(refused.event.task_id, ())
            if published.event.worker_id == refused.event.worker_id
        ]
        if not set(taken) & set(earlier):
            subject = f"{refused.event.task_id} {refused.event.worker_id}"
            yield Violation(subject, "refused as id_reuse, and the first answer was not kept")


def _meant(history: History, sent: OfferAnswered | AssignmentAnswered) -> str:
    """Return what the router keeps of an answer: its canonical form, where the task is known."""
    task = history.tasks.get(sent.task_id)
    asked = NO_QUESTION if task is None else task.question_asked
    if asked.problem_with(sent.answer) is not None:
        return kept(sent.answer)
    return kept(asked.canonical(sent.answer))


def _answers_before(
    history: History, refused: PublishedEvent[OfferAnswered]
) -> Iterator[PublishedEvent[OfferAnswered]]:
    """Yield the worker's earlier answers to the task, under whichever token.

    A seat that is offered again, after its first offer was forgotten, has another token.
    Example: of answers at offsets 4 and 9 with the second refused, the one at 4.
    """
    for published in history.by_task(OfferAnswered).get(refused.event.task_id, ()):
        if published.event.worker_id == refused.event.worker_id and refused.follows(published):
            yield published


def _answers(verdicts: list[VerdictReached]) -> str:
    return ", ".join(str(verdict.answer) for verdict in verdicts)


def _place(spot: Spot) -> str:
    return f"{spot[0]}[{spot[1]}]@{spot[2]}"
