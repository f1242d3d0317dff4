"""Says which spans stand, how sure each of them is, and how sure the gaps between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from services.qa.agreement.spans.evidence import Evidence
from services.qa.agreement.spans.matching import meant_by
from services.qa.agreement.spans.snapping import snapped
from services.qa.agreement.spans.voting import Layer, pieces, voted
from shared.contracts.questions.spans import Span


@dataclass(frozen=True, slots=True)
class Settled:
    """The spans of a layer with the probability of each, and the lowest one of its gaps."""

    spans: Mapping[Span, float]
    gap: float


def settle(layer: Layer) -> Settled:
    """Return the spans that a layer's answers lead to.

    Each person is taken at a span by the one of theirs that marks the same place, so that borders
    which differ a little do not make a span doubtful; one that nobody marks so has 0. A gap's
    probability is the lowest one that nothing is to be marked at a character of it, marks that mean
    a span which stands left out.
    Example: nobody marks anything: no spans, and one gap, the text.
    """
    layer = snapped(layer)
    evidence = Evidence(layer.labels, layer.weights)
    standing = voted(layer, evidence)
    meant = [[meant_by(place, spans) for place in standing] for spans in layer.marked]
    sure = {
        place: evidence.at(tuple(span and span.label for span in spans)).get(place.label, 0.0)
        for place, *spans in zip(standing, *meant, strict=True)
    }
    rest = [
        [span for span in spans if span not in taken]
        for spans, taken in zip(layer.marked, map(set, meant), strict=True)
    ]
    return Settled(sure, _weakest_gap(standing, replace(layer, marked=rest), evidence))


def _weakest_gap(standing: Sequence[Span], layer: Layer, evidence: Evidence) -> float:
    # The standing spans go along as one more person's: where that one has no mark is a gap.
    beside = pieces(replace(layer, marked=[*layer.marked, standing]))
    gaps = {marks[:-1] for _, _, marks in beside if marks[-1] is None}
    return min((evidence.at(marks)[None] for marks in gaps), default=1.0)
