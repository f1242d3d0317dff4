"""The scenario in which the platform learns: tasks that want known people, and many of them."""

import json
from pathlib import Path

from services.intake.catalog import Catalog, load
from shared.contracts.record import Outgoing
from shared.contracts.topics import MODEL_OUTPUTS
from tests.simulation.whole import SOURCE, WholeScenario

OUTPUTS = 30
"""So many that a worker gives ten answers, from which on a rating counts."""


class LearningScenario(WholeScenario):
    """One pool, whose workers become known while faults go on."""

    catalog: Catalog = load(Path(__file__).with_suffix(".yaml"))
    pools = ("main",)
    tasks = OUTPUTS

    def sent_record(self, number: int) -> Outgoing:
        """An output's record, of which the model is not sure."""
        top = 0.5 + number % 4 / 20
        body = {
            "source": SOURCE,
            "id": f"name:sim;lsn:{number}",
            "task_type": "rated",
            "format": "sklearn.proba",
            "response": {"labels": ["a", "b", "c"], "probabilities": [top, 1 - top, 0.0]},
        }
        return Outgoing(MODEL_OUTPUTS.name, b"k", json.dumps(body).encode(), ())
