"""Lists every metric that a part exposes, from the code that makes it, and writes their page."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict

from prometheus_client import CollectorRegistry

from sentuh.audit.watch.metrics import AuditorMetrics
from services.intake.metrics import IntakeMetrics
from services.payout.metrics import PayoutMetrics
from services.qa.metrics import QaMetrics
from services.router.metrics import RouterMetrics
from shared.contracts.topics import SERVICES, Names
from shared.observe.instruments import Instrument
from shared.observe.metrics import PatternMetrics

OF_A_CATALOG = "(each of the catalog)"
VALUES_MAX = 8
PROCESS = (
    "process_cpu_seconds_total",
    "process_resident_memory_bytes",
    "process_virtual_memory_bytes",
    "process_start_time_seconds",
    "process_open_fds",
    "process_max_fds",
)
"""Metrics that the Prometheus client adds for every process."""
PARTS = (*SERVICES, "auditor")

_OPENING = """\
# Metrics

Written by `sentuh metrics`; a test holds it to the code. Every label has a closed set of values,
and every series is there at 0 from the start. Counters end in `_total`; a histogram `x` has
`x_bucket`, `x_sum` and `x_count`; `_created` beside them says when the process made it. Each part
serves `/metrics` on its own port: intake 8101, router 8102, qa 8103, payout 8104, auditor 8105.
Over them stand [rules](rules.yml) and [alerts](alerts.yml), each alert with its runbook in
`deploy/runbooks/`.
"""
_PATTERN = "Of each service (`<service>`: intake, router, qa, payout)"


def instruments() -> Mapping[str, tuple[Instrument, ...]]:
    """Return the metrics of each part, those that all services share among them."""
    rows_of = {service: [*_pattern(service), *_own(service)] for service in SERVICES}
    rows_of["auditor"] = AuditorMetrics(CollectorRegistry()).instruments.rows
    return {part: tuple(rows) for part, rows in rows_of.items()}


def series() -> frozenset[str]:
    """Return the names of all series that a rule or a dashboard may ask for."""
    rows = (row for of_a_part in instruments().values() for row in of_a_part)
    return frozenset(name for row in rows for name in row.exposed()) | frozenset(PROCESS)


def as_json() -> str:
    """Return all metrics as one JSON object: for each part a list of its metrics."""
    rows = {part: [asdict(row) for row in own] for part, own in instruments().items()}
    return json.dumps(rows, indent=2, ensure_ascii=False) + "\n"


def page() -> str:
    """Write the page as Markdown: what each metric means, and what a rise of it means."""
    parts = [_OPENING, _table(_PATTERN, _as_of_each(_pattern(SERVICES[0]), SERVICES[0]))]
    parts += [_table(f"Of {service} alone", _own(service)) for service in SERVICES]
    auditor = AuditorMetrics(CollectorRegistry()).instruments.rows
    parts.append(_table("Of the auditor (`sentuh audit --watch`)", auditor))
    parts.append(_processes())
    return "\n".join(parts)


def _pattern(service: str) -> list[Instrument]:
    return PatternMetrics(service, CollectorRegistry(), Names()).instruments.rows


def _own(service: str) -> list[Instrument]:
    registry = CollectorRegistry()
    made = {
        "intake": lambda: IntakeMetrics(registry, [OF_A_CATALOG], {OF_A_CATALOG: 0}).instruments,
        "router": lambda: RouterMetrics(registry).instruments,
        "qa": lambda: QaMetrics(registry).instruments,
        "payout": lambda: PayoutMetrics(registry).instruments,
    }
    return made[service]().rows


def _as_of_each(rows: Iterable[Instrument], service: str) -> Iterator[Instrument]:
    for row in rows:
        name = row.name.replace(f"_{service}_", "_<service>_", 1)
        labels = dict(row.labels)
        if "topic" in labels:
            labels["topic"] = ("those it reads or writes", "other")
        yield Instrument(name, row.kind, row.meaning, row.rise, labels)


def _table(title: str, rows: Iterable[Instrument]) -> str:
    lines = [f"## {title}\n", "| metric | labels | means | a rise means |", "|---|---|---|---|"]
    lines += [
        f"| `{row.name}` {row.kind} | {_labels(row)} | {row.meaning} | {row.rise} |" for row in rows
    ]
    return "\n".join(lines) + "\n"


def _labels(row: Instrument) -> str:
    if row.name == "sentuh_build_info":
        return "part, version, python"
    return "<br>".join(f"{label}: {_values(values)}" for label, values in row.labels.items())


def _values(values: tuple[str, ...]) -> str:
    shown = ", ".join(values[:VALUES_MAX])
    return shown if len(values) <= VALUES_MAX else f"{shown}, ... ({len(values)})"


def _processes() -> str:
    names = ", ".join(f"`{name}`" for name in PROCESS)
    return (
        "## Of every process\n\n"
        f"{names}: from the Prometheus client. `process_start_time_seconds` that keeps changing"
        " means that the process ends and is started again.\n"
    )
