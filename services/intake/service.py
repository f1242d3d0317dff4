"""Says what intake loads for each event and which function decides, and builds the service."""

from functools import partial
from typing import Any

from services.intake import CARD, arrived, decide, joining, keys, load
from services.intake.arrived import OutputArrived, RequestArrived, ResponseArrived
from services.intake.catalog import Catalog
from services.intake.fold import folds
from services.intake.metrics import IntakeMetrics
from services.intake.promise.made import max_errors
from services.intake.promise.naming import OutputGates
from services.intake.promise.teaching import teach, tell_again
from services.intake.schemas import NO_REGISTRY, KeptSchemas, Schemas
from services.intake.spread import spread
from shared.contracts.events.gates import GateStood
from shared.contracts.events.second_stage import OutputComposed
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.topics import MODEL_OUTPUTS, Names
from shared.pattern.service import Row, Service, on


def handlers(catalog: Catalog) -> tuple[Row[Any, Any], ...]:
    """Return the list of events that intake handles: outputs, of models and of qa itself, requests.

    The decision on an output uses this catalog. Verdicts are passed over where it promises nothing.
    """
    admit = partial(decide.admit, catalog)
    take = partial(joining.take_response, catalog)
    of_gates = on(GateStood, load=load.stood, decide=tell_again)
    others = (
        on(OutputComposed, load=load.output, decide=admit),
        on(RequestArrived, load=load.request, decide=joining.keep_request),
        of_gates,
    )
    if not max_errors(catalog):
        return (
            on(OutputArrived, load=load.output, decide=admit),
            on(ResponseArrived, load=load.response, decide=take),
            *others,
        )
    gates = OutputGates(catalog)
    promised = partial(decide.admit_promised, catalog)
    return (
        on(OutputArrived, load=load.output_and_gate(gates), decide=promised),
        on(ResponseArrived, load=load.response_and_gate(gates), decide=take),
        on(VerdictReached, load=load.verdict, decide=partial(teach, catalog)),
        *others,
    )


def build(
    catalog: Catalog,
    *,
    names: Names,
    metrics: IntakeMetrics | None = None,
    schemas: Schemas = NO_REGISTRY,
) -> Service:
    """Build the service intake for topics with these names; without `metrics` it counts nothing.

    `schemas` are those by which records may be written; those kept are got before a batch is read.
    """
    kept = schemas if isinstance(schemas, KeptSchemas) else None
    return Service(
        card=CARD,
        rows=handlers(catalog),
        folds=folds,
        slot=keys.slot_of,
        names=names,
        readers={
            MODEL_OUTPUTS.name: partial(arrived.read, label_maps=catalog.models, schemas=schemas)
        },
        before_reading=None if kept is None else kept.get_for,
        probes={} if kept is None else {"the schema registry does not answer": kept.answers},
        checks={OutputComposed: arrived.composed},
        observe=metrics.observe if metrics else None,
        slots=keys.slots(),
        spread=spread,
        pipelines=2,
    )
