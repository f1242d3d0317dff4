"""How golds stand by what the topics say: listed, how often placed, suspended and by whom."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field

from shared.contracts import envelope
from shared.contracts.errors import Refused
from shared.contracts.events.golds import GoldListed, GoldPlaced, GoldSuspended
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.record import Record
from shared.contracts.topics import Names


@dataclass(frozen=True, slots=True)
class GoldStanding:
    """One gold: how often it was placed, and how many counted answers were the truth.

    `state`: `asked`, `used up` (placed as often as it may be), `suspended` by the operator, or
    `contradicted`: suspended by qa, since trusted people say otherwise.
    """

    task_type: str
    pool: str
    gold_id: str
    revision: int
    state: str
    placed: int
    placed_max: int
    answers: int
    right: int
    reason: str | None = None

    def as_json(self) -> dict[str, object]:
        """Return its fields, for another program."""
        return asdict(self)


@dataclass(frozen=True)
class GoldsStanding:
    """What the topics say of all golds, by their keys."""

    listed: Mapping[str, GoldListed]
    placed: Mapping[str, int] = field(default_factory=dict)
    suspended: Mapping[str, GoldSuspended] = field(default_factory=dict)
    answers: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def rows(self) -> list[GoldStanding]:
        """Return every gold that is listed, by task type and id."""
        ordered = sorted(self.listed.values(), key=lambda one: (one.task_type, one.gold_id))
        return [self._row(gold) for gold in ordered]

    def _row(self, gold: GoldListed) -> GoldStanding:
        placed, stopped = self.placed.get(gold.key, 0), self.suspended.get(gold.key)
        state, reason = "asked" if placed < gold.placed_max else "used up", gold.reason
        if gold.suspended:
            state = "suspended"
        elif stopped is not None and stopped.revision >= gold.revision:
            state = "contradicted"
            reason = f"{stopped.against} trusted people say otherwise, {stopped.agreed} agree"
        answers, right = self.answers.get(gold.key, (0, 0))
        return GoldStanding(
            task_type=gold.task_type,
            pool=gold.pool,
            gold_id=gold.gold_id,
            revision=gold.revision,
            state=state,
            placed=placed,
            placed_max=gold.placed_max,
            answers=answers,
            right=right,
            reason=reason,
        )


def standing_of(records: Iterable[Record], names: Names) -> GoldsStanding:
    """Return how golds stand by records of these topics, in the order of each partition.

    A gold that was taken back is left out. Records that cannot be read are passed over, as qa does.
    """
    listed: dict[str, GoldListed] = {}
    placed: dict[str, GoldPlaced] = {}
    numbers: Counter[str] = Counter()
    suspended: dict[str, GoldSuspended] = {}
    verdicts: dict[str, VerdictReached] = {}
    for record in records:
        row = names.row(record.topic)
        if record.value is None and row.takes_back:
            listed.pop((record.key or b"").decode(errors="replace"), None)
            continue
        try:
            _, event = envelope.decode(record, row)
        except Refused:
            continue
        if isinstance(event, GoldListed):
            listed[event.key] = event
        elif isinstance(event, GoldPlaced):
            placed[event.task_id] = event
            numbers[event.gold_key] = max(numbers[event.gold_key], event.number)
        elif isinstance(event, GoldSuspended):
            suspended[event.gold_key] = event
        elif isinstance(event, VerdictReached) and event.gold is not None:
            verdicts[event.task_id] = event
    return GoldsStanding(listed, numbers, suspended, _answers(placed, verdicts))


def _answers(
    placed: Mapping[str, GoldPlaced], verdicts: Mapping[str, VerdictReached]
) -> Mapping[str, tuple[int, int]]:
    """Return by gold how many answers counted, and how many of them said what is right."""
    counts: dict[str, list[bool]] = defaultdict(list)
    for task_id, verdict in verdicts.items():
        if task_id in placed and verdict.gold is not None:
            counted = [vote for vote in verdict.votes if vote.standing == "counted"]
            truth = verdict.gold.truth
            counts[placed[task_id].gold_key] += [vote.answer == truth for vote in counted]
    return {key: (len(right), sum(right)) for key, right in counts.items()}
