"""Every series of a metric is there before anything happens, and its row says what it is."""

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest

from shared.observe.instruments import Instruments


def test_every_series_is_there_at_zero() -> None:
    registry = CollectorRegistry()
    made = Instruments(registry)
    made.counter("sentuh_x_things", "Things.", "More.", kind=["a", "b"], step=["1", "2"])
    made.gauge("sentuh_x_now", "Now.", "Up.")
    made.histogram("sentuh_x_seconds", ("Time.", "Slow."), (1, 2), round=["first"])
    said = generate_latest(registry).decode()

    for kind in "ab":
        for step in "12":
            assert f'sentuh_x_things_total{{kind="{kind}",step="{step}"}} 0.0' in said
    assert "sentuh_x_now 0.0" in said
    assert 'sentuh_x_seconds_bucket{le="+Inf",round="first"} 0.0' in said


def test_a_row_names_what_is_exposed() -> None:
    registry = CollectorRegistry()
    made = Instruments(registry)
    made.counter("sentuh_x_things", "Things.", "More.")
    made.gauge("sentuh_x_now", "Now.", "Up.")
    made.histogram("sentuh_x_seconds", ("Time.", "Slow."), (1, 2))
    said = generate_latest(registry).decode()

    names = [name for row in made.rows for name in row.exposed()]
    assert names == [
        "sentuh_x_things_total",
        "sentuh_x_now",
        "sentuh_x_seconds_bucket",
        "sentuh_x_seconds_sum",
        "sentuh_x_seconds_count",
    ]
    assert all(f"\n{name}" in said for name in names)


def test_a_counter_gets_its_ending_once() -> None:
    with pytest.raises(ValueError, match="leave _total out"):
        Instruments(CollectorRegistry()).counter("sentuh_x_things_total", "Things.", "More.")
