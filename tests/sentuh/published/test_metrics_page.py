"""The page of metrics is that of the code, and leaves none without its two sentences."""

from sentuh.published.metrics_page import instruments, page, series
from tests.architecture.source import ROOT


def test_the_page_is_that_of_the_code() -> None:
    found = (ROOT / "deploy" / "prometheus" / "metrics.md").read_text()

    assert found == page(), "run `sentuh metrics > deploy/prometheus/metrics.md`"


def test_every_metric_says_what_it_means_and_what_a_rise_means() -> None:
    rows = [row for found in instruments().values() for row in found]

    assert all(row.meaning.endswith(".") and row.rise.endswith(".") for row in rows)
    assert len({row.name for row in rows}) > 80


def test_names_begin_with_the_part_and_end_in_their_unit() -> None:
    for part, rows in instruments().items():
        for row in rows:
            assert row.name.startswith(f"sentuh_{part}_") or row.name == "sentuh_build_info"
            assert (row.kind == "counter") == row.name.endswith("_total")
    assert "sentuh_qa_verdict_seconds_bucket" in series()
