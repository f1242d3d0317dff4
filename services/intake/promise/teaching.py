"""Decides what people's verdict on an output teaches its gate, and whether the gate closes."""

from dataclasses import asdict
from datetime import datetime
from math import log
from typing import NamedTuple

from services.intake import keys
from services.intake.catalog import Catalog
from services.intake.promise.drawing import answer_digest
from services.intake.promise.entries import packed, unpacked, with_verdict
from services.intake.promise.learned import Audited, Learned, close, learn
from services.intake.promise.made import TypePromise, promise_of
from services.intake.promise.standing import GateStanding, closes, leakage, standing
from services.intake.promise.watch import PATIENCE, entry, worsening
from services.intake.state import GateKnown, ToldStanding
from shared.contracts.events.gates import (
    GateForgotten,
    GateLearned,
    GateStood,
    LeakageEstimated,
    VerdictsCounted,
)
from shared.contracts.events.promised import Promised
from shared.contracts.events.verdicts import VerdictReached
from shared.pattern.clock import to_ms
from shared.pattern.service import Decision
from shared.state.changes import field_is

GATES_MAX = 1000
"""Gates that are kept: whoever sends outputs names their model, and may name another each time."""


def teach(catalog: Catalog, verdict: VerdictReached, gate: GateKnown, now: datetime) -> Decision:
    """Return the decision on a verdict: what its gate has learned by it, and how it stands now.

    Only people's verdicts on outputs that were drawn for it teach, each once. A verdict on an
    output of an earlier term, or under a promise that the catalog does not make any more, teaches
    nothing. The gate closes where its threshold is proved no longer; where the newest verdicts show
    that the model became worse, all that was learned is void besides.
    """
    drawn, row = verdict.promised, catalog.task_types.get(verdict.task_type)
    made = promise_of(verdict.task_type, row.gate) if row else None
    if drawn is None or made is None or made.digest != drawn.promise:
        return Decision.done()
    held, before = gate.learned, _learned(gate)
    lesson = _lesson(verdict, drawn)
    counted = with_verdict(held.taught if held else (), verdict.task_id, verdict.at)
    if lesson is None or counted is None or (held and lesson.term < before.term):
        return Decision.done()
    after = learn(before, [lesson])
    if closes(after, made.promise):
        after = close(after, after.term)
    new = _NewState(after, counted, standing(after, made.promise, made.audit_share))
    moved = held is None or new.stands != ToldStanding.of_event(held).gate
    revision = gate.revision + 1
    since = revision if moved or held is None else held.stands_since
    numbers = {"revision": revision, "stands_since": since, "at": now}
    learned = _event(verdict, drawn, made, new=new).model_copy(update=numbers)
    events: tuple[GateLearned | GateStood | GateForgotten, ...] = (learned,)
    if moved:
        was_open = held is not None and held.threshold is not None
        closed = was_open and learned.threshold is None
        events = learned, _stood(learned, now, closed=closed)
    return _with_room(Decision.of(*events), gate, now)


def tell_again(event: GateStood, gate: GateKnown, now: datetime) -> Decision:
    """Return the decision on what `gates` says of a gate: that it stood otherwise since.

    A process that was held up may publish an older record behind a newer one, and of each key the
    topic keeps the last.
    """
    held = gate.learned
    if held is None or event.revision >= held.stands_since:
        return Decision.done()
    return Decision.of(_stood(held, now))


def _stood(learned: GateLearned, now: datetime, *, closed: bool = False) -> GateStood:
    return GateStood(
        pool=keys.GATE,
        at=now,
        gate=learned.gate,
        task_type=learned.task_type,
        revision=learned.stands_since,
        term=learned.term,
        threshold=learned.threshold,
        halvings=learned.halvings,
        closed=closed,
    )


def _lesson(verdict: VerdictReached, drawn: Promised) -> Audited | None:
    """Return what a verdict teaches; None where people gave no answer, or it was known before."""
    if verdict.by != "people" or verdict.answer is None or verdict.gold is not None:
        return None
    if drawn.halvings is None or drawn.answer is None or _leans_on_the_model(verdict):
        return None
    wrong = answer_digest(verdict.answer) != drawn.answer
    watched = None
    if drawn.watched:
        watched = entry(to_ms(verdict.created_at), verdict.task_id, wrong=wrong)
    return Audited(drawn.term, (drawn.band, drawn.halvings), wrong, watched)


def _leans_on_the_model(verdict: VerdictReached) -> bool:
    """Return whether the model's own answer may have moved the verdict that is to judge it."""
    heard = verdict.witness is not None and verdict.witness.left_out is None
    return heard or verdict.draft is not None


def _learned(gate: GateKnown) -> Learned:
    held = gate.learned
    if held is None:
        return Learned(gate.term)
    counts = {(one.band, one.halvings): (one.right, one.wrong) for one in held.counts}
    return Learned(held.term, counts, unpacked(held.newest))


class _NewState(NamedTuple):
    """What a gate has learned, from which verdicts it did last, and how it stands by that."""

    learned: Learned
    counted: tuple[str, ...]
    stands: GateStanding


def _event(
    verdict: VerdictReached, drawn: Promised, made: TypePromise, *, new: _NewState
) -> GateLearned:
    """Return the event of a gate's new state; its revisions and time are still to be set."""
    after, stands = new.learned, new.stands
    leaks = leakage(after, stands, made.promise)
    return GateLearned(
        pool=keys.GATE,
        at=verdict.at,
        gate=drawn.gate,
        task_type=verdict.task_type,
        revision=1,
        stands_since=1,
        model=drawn.model,
        model_version=drawn.model_version,
        promise=made.stated,
        term=after.term,
        counts=tuple(
            VerdictsCounted(band=band, halvings=times, right=right, wrong=wrong)
            for (band, times), (right, wrong) in sorted(after.counts.items())
        ),
        newest=packed(after.newest),
        taught=new.counted,
        threshold=stands.threshold,
        halvings=stands.times,
        leakage=None if leaks is None else LeakageEstimated.model_validate(asdict(leaks)),
        drift=worsening(after.newest, made.promise.bound) / log(PATIENCE),
        task_id=verdict.task_id,
    )


def _with_room(decided: Decision, gate: GateKnown, now: datetime) -> Decision:
    """Return the decision, and with it the end of the gate that was not needed for longest.

    Only where a gate begins and there are too many; that gate must not have learned meanwhile.
    """
    gone = gate.oldest
    if gate.learned is not None or gone is None or gate.count < GATES_MAX:
        return decided
    fields = {"pool": keys.GATE, "at": now, "gate": gone.gate, "task_type": gone.task_type}
    fields |= {"revision": gone.revision + 1, "term": gone.term}
    return Decision.of(
        *decided.events,
        GateForgotten.model_validate(fields),
        GateStood.model_validate(fields | {"term": gone.term + 1, "forgotten": True}),
        relies=[field_is(keys.gate(gone.gate), "n", gone.revision)],
    )
