"""What a gate learned is counted again: intake's own thresholds are proved, a lower one is not."""

from hypothesis import given, settings
from hypothesis import strategies as st

from sentuh.audit.gate_proofs import CONFIDENCES, every_threshold_is_proved, lowest_proved
from sentuh.history.collect import collect
from services.intake.promise.bands import EDGES
from services.intake.promise.learned import Learned
from services.intake.promise.thresholds import Promise
from services.intake.promise.thresholds import lowest_proved as intakes_lowest
from shared.contracts.events.gates import GateLearned, PromiseMade, VerdictsCounted
from shared.contracts.topics import Names
from tests.sentuh.audit.journals import Log
from tests.support.builders import NOW

ONE = VerdictsCounted(band=16, halvings=0, right=200, wrong=0)


def a_gate(*counts: VerdictsCounted, threshold: float | None = None, **more: object) -> GateLearned:
    fields = {"pool": "gate", "at": NOW, "gate": "g", "task_type": "animals", "task_id": "t-1"}
    promise = PromiseMade(max_error=0.05, confidence=0.95)
    numbers = {"revision": 9, "stands_since": 9, "term": 1, "promise": promise}
    rest = {"counts": counts, "threshold": threshold}
    return GateLearned.model_validate(fields | numbers | rest | more)


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.integers(0, 19), st.integers(0, 6)),
        st.tuples(st.integers(0, 400), st.integers(0, 12)),
        max_size=8,
    ),
    st.integers(1, 3),
    st.sampled_from([0.0, 0.8, 0.99]),
    st.sampled_from([0.0, 0.2]),
)
def test_both_countings_come_to_the_same(
    counts: dict[tuple[int, int], tuple[int, int]], term: int, floor: float, missed: float
) -> None:
    promise = Promise(0.05, floor=floor, missed=missed)
    cells = [
        VerdictsCounted(band=band, halvings=times, right=right, wrong=wrong)
        for (band, times), (right, wrong) in counts.items()
    ]
    made = PromiseMade(max_error=0.05, confidence=0.95, floor=floor, missed=missed)

    band = intakes_lowest(Learned(term, counts), promise)

    again = lowest_proved(a_gate(*cells, term=term, promise=made))
    assert again == (None if band is None else EDGES[band])
    assert CONFIDENCES == EDGES


def test_a_threshold_lower_than_what_is_proved_is_named() -> None:
    log = Log(Names())
    log.say(a_gate(ONE, threshold=0.9))
    log.say(a_gate(ONE.model_copy(update={"wrong": 20}), threshold=0.9, revision=10))

    found = list(every_threshold_is_proved(collect(log.records, Names(), None)))

    assert lowest_proved(a_gate(ONE)) == 0.0
    assert [str(one) for one in found] == ["g revision 10: waives from 0.9 on; proved is nothing"]
