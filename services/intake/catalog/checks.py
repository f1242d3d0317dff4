"""Checks that every name in a catalog exists and that its numbers agree with each other."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from operator import attrgetter
from typing import get_args

from services.intake.catalog.conditions import faults_of_conditions
from services.intake.catalog.drafts import faults_of_drafts
from services.intake.catalog.file import Document, Fault, FieldPath, Problem, Value
from services.intake.catalog.golds import faults_of_golds
from services.intake.catalog.label_maps import faults_of_label_maps
from services.intake.catalog.promises import faults_of_promise
from services.intake.catalog.rate_cards import RateCard
from services.intake.catalog.redacting import faults_of_redaction
from services.intake.catalog.rows import Catalog, TaskType
from services.intake.catalog.second_stage import faults_of_second_stages
from services.intake.catalog.shape import rows_of
from services.intake.catalog.witnessing import faults_of_witness
from shared.contracts.currencies import EXPONENTS
from shared.contracts.events.asked import PaidUnit
from shared.contracts.events.parts import AMOUNT_MINOR_MAX as MOST
from shared.contracts.events.parts import Stopping
from shared.contracts.languages import canonical
from shared.contracts.questions import KINDS

POINTS_MAX = 50
"""One more answer cannot raise the chance of being right by so many percentage points."""


def faults_of_meaning(document: Document, catalog: Catalog) -> Iterator[Fault]:
    """Yield the faults that no field shows alone: unknown names and numbers that do not agree.

    `document` is the whole file, in which names are looked up; `catalog` holds only those of its
    fields that are valid by themselves.
    Example: `rate_card: euro` without a rate card of that name.
    """
    cards = rows_of(document.data, "rate_cards")
    for name, card in catalog.rate_cards.items():
        for path, fault, fix in _rate_card(card, rows_of(dict(cards), name)):
            yield ("rate_cards", name, *path), fault, fix
    taken: dict[str, str] = {}
    for name, row in catalog.task_types.items():
        where = ("task_types", name)
        written = rows_of(dict(rows_of(document.data, "task_types")), name)
        of_row = (*_task_type(document, row), *_goal(row, written), *_pay(catalog, row))
        for path, fault, fix in of_row:
            yield (*where, *path), fault, fix
        for at, accepted in enumerate(row.accepts):
            first = taken.setdefault(accepted, name)
            if first != name:
                fix = "keep it in one of them: outputs that name no task type need one home"
                yield (*where, "accepts", at), f"{accepted} is accepted by {first} too", fix
    yield from faults_of_label_maps(catalog.models)
    yield from faults_of_second_stages(catalog, rows_of(document.data, "task_types"))


def problems(document: Document, faults: Iterable[Fault]) -> list[Problem]:
    """Return the faults as problems, each with its line in the file."""
    return [document.problem(path, fault, fix) for path, fault, fix in faults]


def _rate_card(card: RateCard, written: Mapping[str, Value]) -> Iterator[Fault]:
    """Yield what is wrong with a card; a field `written` and unsound is reported already."""
    if _has(card, "currency") and card.currency not in EXPONENTS:
        fault = f"{card.currency} is no ISO 4217 currency"
        yield ("currency",), fault, "use a code such as USD"
    if written.get("per") is None:
        for name in ("minimum_minor", "units_max"):
            if written.get(name) is not None:
                fault = "is for pay by the unit alone"
                yield (name,), fault, f"add per: {' or '.join(get_args(PaidUnit))}, or remove it"
    elif written.get("units_max") is None:
        fault = "is missing: what an output costs would have no end"
        yield ("units_max",), fault, f"add it, in units of {written['per']}"
    elif _has(card, "amount_minor") and card.amount_minor * (card.units_max or 0) > MOST:
        fault = "comes to more than an answer may earn"
        yield ("units_max",), fault, f"set it to {MOST // card.amount_minor} or less"


def _pay(catalog: Catalog, row: TaskType) -> Iterator[Fault]:
    card = catalog.rate_cards.get(row.rate_card) if _has(row, "rate_card") else None
    per = getattr(card, "per", None)
    if per is not None and per not in row.PAID_BY:
        fault = f"pays by {per}, of which a task type of the kind {row.kind} has none"
        fix = f"name one that pays by the answer, or by {' or '.join(row.PAID_BY)}"
        yield ("rate_card",), fault, fix
    worth = row.worth() if _has(row, "worth_per_point") else None
    amount = 0 if card is None or not _has(card, "amount_minor") else card.amount_minor
    if worth is not None and amount >= POINTS_MAX * worth:
        fault = f"no answer could be worth the {amount} minor units it earns"
        fix = f"set it to {amount // POINTS_MAX + 1} or more, or remove it"
        yield ("worth_per_point",), fault, fix


def _task_type(document: Document, row: TaskType) -> Iterator[Fault]:
    yield from _names(document, row)
    own = type(row).model_fields.keys() - TaskType.model_fields.keys() - {"kind"}
    if _has(row, *own):
        waived = row.waived_answer if _has(row, "gate.waived_answer") else None
        yield from row.faults(waived)
    yield from _numbers(row)
    yield from faults_of_drafts(row)
    yield from faults_of_witness(row)
    yield from faults_of_conditions(row)
    yield from faults_of_redaction(row)
    yield from faults_of_promise(row)
    yield from faults_of_golds(row)


def _has(row: object, *fields: str) -> bool:
    """Whether the row has all these fields; an invalid field is missing, and reported already."""
    try:
        for field in fields:  # a kind may have no field of its own
            attrgetter(field)(row)
    except AttributeError:
        return False
    return True


def _names(document: Document, row: TaskType) -> Iterator[Fault]:
    cards, skills = rows_of(document.data, "rate_cards"), rows_of(document.data, "skills")
    if _has(row, "rate_card") and row.rate_card not in cards:
        yield ("rate_card",), *_unknown("rate card", row.rate_card, cards)
    for skill in row.requirement.skills:
        if skill not in skills:
            yield ("requirement", "skills", skill), *_unknown("skill", skill, skills)
    if row.requirement.newcomer_share is not None and not row.requirement.looks_at_ratings:
        fault = "lets in who is below reliability_min or not the best known, and nobody is"
        fix = "add reliability_min or best_known_of, or remove it"
        yield ("requirement", "newcomer_share"), fault, fix
    for field, listed in (("accepts", row.accepts), ("shows", row.shows)):
        yield from _twice((field,), listed)
    yield from _twice(
        ("requirement", "languages"), tuple(map(canonical, row.requirement.languages))
    )


def _unknown(noun: str, name: str, names: Mapping[str, object]) -> tuple[str, str]:
    near = get_close_matches(name, names, 1)
    fix = f"did you mean {near[0]}?" if near else f"add it to {noun.replace(' ', '_')}s"
    return f"there is no {noun} {name}", fix


def _twice(path: FieldPath, listed: tuple[str, ...]) -> Iterator[Fault]:
    for at, name in enumerate(listed):
        if name in listed[:at]:
            yield (*path, at), f"{name} is listed twice", "list it once"


def _goal(row: TaskType, written: Mapping[str, Value]) -> Iterator[Fault]:
    """Yield what is wrong with `stopping` as `written`: it holds what the kind stops at alone."""
    kind, stopping = KINDS[row.kind], written.get("stopping")
    if not isinstance(stopping, dict):
        return
    for name in Stopping.model_fields:
        if name != kind.goal and stopping.get(name) is not None:
            fault = f"is nothing that a task type of the kind {kind.name} stops at"
            yield ("stopping", name), fault, f"remove it, and set {kind.goal}"
    if stopping.get(kind.goal) is None:
        yield ("stopping", kind.goal), "is missing", "add it"


def _numbers(row: TaskType) -> Iterator[Fault]:
    if _has(row, "answers.min", "answers.max") and row.answers.min > row.answers.max:
        fault, fix = f"{row.answers.min} is above max", f"set it to {row.answers.max} or less"
        yield ("answers", "min"), fault, fix
    most = KINDS[row.kind].answers_max
    if _has(row, "answers.max") and row.answers.max > most:
        fault = f"{row.answers.max} is more than a task of the kind {row.kind} takes"
        yield ("answers", "max"), fault, f"set it to {most} or less"
    if not _has(row, "times.accept_seconds", "times.answer_seconds", "times.task_seconds"):
        return
    once = row.times.accept_seconds + row.times.answer_seconds
    if row.times.task_seconds < once:
        fault = "is shorter than accepting and answering once"
        yield ("times", "task_seconds"), fault, f"set it to {once} or more"
