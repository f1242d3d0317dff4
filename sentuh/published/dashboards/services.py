"""The dashboard of one service: the same rows in the same order for each, then its own."""

from sentuh.published.dashboards.asks import each, one, quantiles, rate, rates
from sentuh.published.dashboards.panels import Board, Panel, PanelRow


def of_service(service: str) -> Board:
    """Return the board of a service: five rows that all services have, then its own."""
    own = f"sentuh_{service}_"
    rows = (
        _can_it_work(own, service),
        _how_far_behind(own),
        _what_it_does(own),
        _what_goes_wrong(own),
        _process(service),
        PanelRow(f"What only {service} knows", OWN[service]),
    )
    return Board(service, f"Sentuh: {service}", rows)


def _can_it_work(own: str, service: str) -> PanelRow:
    return PanelRow(
        "Can it work",
        (
            Panel("Processes", one(f'sum(up{{service="{service}"}})'), stat=True, bad_below=1),
            Panel("Ready", one(f"min({own}ready)"), stat=True, bad_below=1),
            Panel("State is whole", one(f"min({own}epoch_open)"), stat=True, bad_below=1),
            Panel("Stuck", one(f"max({own}stuck)"), stat=True, bad_from=1),
        ),
    )


def _how_far_behind(own: str) -> PanelRow:
    return PanelRow(
        "How far behind",
        (
            Panel("Records not yet handled", each(f"{own}lag_records", "topic"), stacked=True),
            Panel(
                "Age of the oldest unread record",
                each(f"{own}oldest_unread_seconds", "topic", how="max"),
                unit="s",
            ),
            Panel(
                "Deleted before they were read",
                each(f"{own}lost_unread_records", "topic", how="max"),
                bad_from=1,
            ),
        ),
    )


def _what_it_does(own: str) -> PanelRow:
    return PanelRow(
        "What it does, and how long that takes",
        (
            Panel("Records read a second", rates(f"{own}records_total", "topic"), stacked=True),
            Panel(
                "Events by outcome, a second",
                rates(f"{own}outcomes_total", "outcome"),
                stacked=True,
            ),
            Panel("Handling time of a batch", quantiles(f"{own}batch_seconds"), unit="s"),
        ),
    )


def _what_goes_wrong(own: str) -> PanelRow:
    (dead_letters, legend), *_ = rates(f"{own}dead_letters_total", "reason")
    failures = (
        *rates(f"{own}store_failures_total", "call"),
        rate(f"{own}publish_failures_total", "publish"),
        rate(f"{own}acknowledge_failures_total", "acknowledge"),
    )
    quarter = (
        (f"sum(increase({own}rebalances_total[15m]))", "rebalances"),
        (f"sum(increase({own}epochs_total[15m]))", "catch-ups"),
    )
    return PanelRow(
        "What goes wrong",
        (
            Panel("Dead letters a second, by reason", one(f"{dead_letters} > 0", legend)),
            Panel("Failures of Redis and Kafka a second", failures),
            Panel("Rebalances and catch-ups in 15 minutes", quarter),
        ),
    )


def _process(service: str) -> PanelRow:
    of = f'{{service="{service}"}}'
    started = f"sum(changes(process_start_time_seconds{of}[1h]))"
    return PanelRow(
        "The process",
        (
            Panel("CPU, cores", rates(f"process_cpu_seconds_total{of}", "instance"), stacked=True),
            Panel("Memory", each(f"process_resident_memory_bytes{of}", "instance"), unit="bytes"),
            Panel("Started anew in an hour", one(started, "starts")),
        ),
    )


((_CONFIRMED, _),) = rates('sentuh_payout_earned_minor_total{step="confirmed"}', "currency")
_LEAKING = "max by (task_type) (sentuh_intake_leakage_ratio"
_LEAKAGE = (
    (f'{_LEAKING}{{bound="estimate"}})', "{{task_type}}"),
    (f'{_LEAKING}{{bound="high"}})', "{{task_type}}, at most"),
    ("max by (task_type) (sentuh_intake_leakage_promised_ratio)", "{{task_type}}, promised"),
)
_LANES = (
    ("sum(sentuh_router_waiting_lanes)", "tasks wait"),
    ("sum(sentuh_router_starved_lanes)", "and nobody is free"),
    ("sum(sentuh_router_unroutable_lanes)", "nobody can"),
)
_JUDGED = "sum by (stated) (increase(sentuh_qa_golds_judged_total[1d]))"
_RIGHT = 'sum by (stated) (increase(sentuh_qa_golds_judged_total{right="yes"}[1d]))'
_STATED = "sum by (stated) (increase(sentuh_qa_golds_stated_total[1d]))"
_RIGHT_BY_STATED = one(f"{_RIGHT} / ({_JUDGED} > 0)", "{{stated}} %")
_CALIBRATION_ERROR = f"sum(abs({_STATED} - {_RIGHT})) / (sum({_JUDGED}) > 0)"
OWN: dict[str, tuple[Panel, ...]] = {
    "intake": (
        Panel(
            "Outputs by task type, a second",
            rates("sentuh_intake_outputs_total", "task_type"),
            stacked=True,
        ),
        Panel(
            "Outputs by reason, a second",
            rates("sentuh_intake_outputs_total", "reason"),
            stacked=True,
        ),
        Panel(
            "Why a confidence does not count, a second",
            rates("sentuh_intake_doubts_total", "reason"),
            stacked=True,
        ),
        Panel(
            "Behind a promise: what it would waive, a second",
            rates("sentuh_intake_promised_outputs_total", "says"),
            stacked=True,
        ),
        Panel("Wrong outputs among the waived", _LEAKAGE, unit="percentunit"),
        Panel(
            "Evidence that a model became worse; 1 closes its gate",
            each("sentuh_intake_gate_drift_ratio", "task_type", how="max"),
            bad_from=1,
        ),
    ),
    "router": (
        Panel("Time to offer", quantiles("sentuh_router_offer_wait_seconds"), unit="s"),
        Panel("Offers by round, a second", rates("sentuh_router_offers_total", "round")),
        Panel("Lanes", _LANES),
    ),
    "qa": (
        Panel("Time to verdict", quantiles("sentuh_qa_verdict_seconds"), unit="s"),
        Panel(
            "Verdicts by why asking stopped, a second",
            rates("sentuh_qa_verdicts_total", "stop_reason"),
            stacked=True,
        ),
        Panel("Golds right in a day, by percent stated", _RIGHT_BY_STATED, unit="percentunit"),
        Panel("Calibration error on golds of a day", one(_CALIBRATION_ERROR), unit="percentunit"),
    ),
    "payout": (
        Panel("Earnings by step, a second", rates("sentuh_payout_earnings_total", "step")),
        Panel(
            "Confirmed a second, minor units",
            one(f"{_CONFIRMED} > 0", "{{currency}}"),
        ),
    ),
}
