"""A seed leaves the code as it was: other tests of the process go by the real times."""

from services.qa.second_stage import requesting
from tests.simulation.schedule import SCENARIOS, run_seed


def test_what_a_scenario_shortens_is_as_before_after_its_seed() -> None:
    before = requesting.GRACE
    run_seed(0, SCENARIOS["every kind"])
    after = requesting.GRACE
    assert after == before
