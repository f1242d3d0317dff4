"""Each plot is drawn where there are figures for it, and only there."""

from pathlib import Path

from bench.plots import draw, draw_outputs
from tests.bench.test_compared import kept as compared_pairs
from tests.bench.test_figures import figures


def test_what_was_measured_is_drawn(tmp_path: Path) -> None:
    drawn = draw(tmp_path, before={}, now=figures().plain())

    assert [path.name for path in drawn] == ["throughput.png", "latency.png", "growth.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in drawn)


def test_what_an_output_costs_is_drawn(tmp_path: Path) -> None:
    path = draw_outputs(tmp_path / "cpu.png", compared_pairs())

    assert path.read_bytes().startswith(b"\x89PNG")


def test_what_was_not_measured_is_not_drawn(tmp_path: Path) -> None:
    assert draw(tmp_path, before={}, now={"services": []}) == []
