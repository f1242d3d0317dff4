"""Each reported input, tried on a real broker: the same comes of it as in memory, and is right.

`python -m tests.reported` tries the samples and the further inputs on a broker too. Here they are
tried in memory alone, but for those that need a process: one after another they take minutes.
"""

from collections.abc import Mapping

import pytest

from tests.reported import on_broker, processes
from tests.reported.cases import SECTIONS, Case, cases
from tests.reported.judge import Outcome, problems
from tests.support.cluster import Kafka, Redis

CASES = [
    case
    for section in SECTIONS
    for case in cases(section)
    if section == SECTIONS[0] or case.is_file
]


@pytest.fixture(scope="module")
def outcomes(
    kafka: Kafka, redis_server: Redis, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, Outcome]:
    """What came of every input that is a record."""
    records = [case for case in CASES if not case.is_file]
    home = tmp_path_factory.mktemp("reported")
    with on_broker.running(kafka, redis_server.url, home) as world:
        return world.outcomes(records)


@pytest.mark.real_kafka
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.number)
def test_what_comes_of_a_report_is_right(
    case: Case,
    outcomes: Mapping[str, Outcome],
    kafka: Kafka,
) -> None:
    outcome = processes.outcome_of(case, kafka) if case.is_file else outcomes[case.number]

    wrong = problems(case, outcome)
    assert not wrong, f"{case.source}\n{outcome}\n{wrong}"
