"""The dashboards: an overview, one per service in the same order, money and people."""

from sentuh.published.dashboards.asks import each, one, quantiles, rate, rates
from sentuh.published.dashboards.panels import Board, Panel, PanelRow
from sentuh.published.dashboards.services import of_service
from shared.contracts.topics import SERVICES

WAITING = Panel("Waiting tasks by skill", each("sentuh_router_waiting_tasks", "skill"))
ENDINGS = Panel(
    "Offers by ending, a second",
    rates("sentuh_router_offer_endings_total", "ending"),
    stacked=True,
)
TO_VERDICT = Panel("Time to verdict", quantiles("sentuh_qa_verdict_seconds"), unit="s")
_EARNED = 'sentuh_payout_earned_minor_total{step="%s"}'
_FLOW = (
    rate("sentuh_intake_outputs_total", "outputs"),
    rate('sentuh_router_offer_endings_total{ending="answered"}', "answers"),
    rate("sentuh_qa_verdicts_total", "verdicts"),
    rate('sentuh_payout_earnings_total{step="confirmed"}', "earnings"),
)


def _zero(title: str, expression: str) -> Panel:
    """Return a panel for a number that must be 0."""
    return Panel(title, one(expression), stat=True, bad_from=1)


_WELL = PanelRow(
    "Is it well",
    (
        Panel("Services ready", one("sum(sentuh:ready)"), stat=True, bad_below=len(SERVICES)),
        _zero("Lost", "sum(sentuh_auditor_lost)"),
        _zero("Overdue", "sum(sentuh_auditor_stuck)"),
        _zero("Paid twice", "sentuh_auditor_double_paid"),
        Panel(
            "Oldest unread",
            one("max(sentuh:oldest_unread_seconds)"),
            unit="s",
            stat=True,
            bad_from=300,
        ),
        _zero("Alerts firing", 'count(ALERTS{alertstate="firing"}) or vector(0)'),
    ),
)
_BEHIND = PanelRow(
    "How far behind",
    (
        Panel("Records not yet handled", each("sentuh:lag_records", "service")),
        Panel(
            "Age of the oldest unread record",
            each("sentuh:oldest_unread_seconds", "service", how="max"),
            unit="s",
        ),
    ),
)
_COST = PanelRow(
    "What it costs, what goes wrong",
    (
        Panel("CPU, cores", rates("process_cpu_seconds_total", "service"), stacked=True),
        Panel("Dead letters a second", each("sentuh:dead_letters:rate5m", "service")),
    ),
)
OVERVIEW = Board(
    "overview",
    "Sentuh: overview",
    (
        _WELL,
        PanelRow(
            "The flow", (Panel("Outputs, answers, verdicts, earnings a second", _FLOW), TO_VERDICT)
        ),
        _BEHIND,
        PanelRow("People", (WAITING, ENDINGS)),
        _COST,
    ),
)

_ASKED = PanelRow(
    "What is trusted, what is asked",
    (
        Panel(
            "Outputs by reason, a second",
            rates("sentuh_intake_outputs_total", "reason"),
            stacked=True,
        ),
        Panel("Waived share of an hour", one("sentuh:waived:ratio1h", "waived"), "percentunit"),
    ),
)
_VERDICTS = PanelRow(
    "Verdicts",
    (
        Panel(
            "Verdicts by why asking stopped, a second",
            rates("sentuh_qa_verdicts_total", "stop_reason"),
            stacked=True,
        ),
        Panel("Answers per verdict", one("sentuh:answers_per_verdict:mean1h", "mean of an hour")),
        Panel("One more answer asked for, a second", (rate("sentuh_qa_reviews_total", "reviews"),)),
    ),
)
_TIMES = PanelRow(
    "How long it takes",
    (
        Panel("Time to offer", quantiles("sentuh_router_offer_wait_seconds"), unit="s"),
        Panel("Time to answer", quantiles("sentuh_router_answer_seconds"), unit="s"),
        TO_VERDICT,
    ),
)
_NOBODY = PanelRow(
    "Nobody can",
    (
        Panel(
            "Tasks no registered worker can take",
            one("sum(sentuh_router_unroutable_tasks)", "tasks"),
        ),
        Panel(
            "Lanes in which nobody who fits is free",
            one("sum(sentuh_router_starved_lanes)", "lanes"),
        ),
        Panel(
            "Tasks closed, by why, a second",
            rates("sentuh_router_closed_tasks_total", "reason"),
            stacked=True,
        ),
    ),
)
_MONEY = PanelRow(
    "Money",
    (
        Panel("Earnings by step, a second", rates("sentuh_payout_earnings_total", "step")),
        Panel(
            "Confirmed in an hour, minor units",
            one(
                f"sum by (currency) (increase({_EARNED % 'confirmed'}[1h])) > 0",
                "{{currency}}",
            ),
        ),
        Panel(
            "Owed and not yet payable, since start, minor units",
            one(
                f"sum by (currency) ({_EARNED % 'accrued'})"
                f" - sum by (currency) ({_EARNED % 'confirmed'}) > 0",
                "{{currency}}",
            ),
        ),
    ),
)
_LATE = Panel(
    "Late answers a second: paid, not counted",
    (rate("sentuh_router_late_answers_total", "late"),),
)
_DECLINES = Panel(
    "Declined offers by reason, a second",
    rates("sentuh_router_declines_total", "reason"),
    stacked=True,
)
_DRAFT_ANSWERS = "sum by (task_type, began) (increase(sentuh_router_draft_answers_total%s[1d]))"
_SAME = '{answer="same"}'
_DRAFTS = Panel(
    "Share of answers that say what the draft says, in a day",
    one(f"{_DRAFT_ANSWERS % _SAME} / ({_DRAFT_ANSWERS % ''} > 0)", "{{task_type}}, {{began}}"),
    unit="percentunit",
)
_WITNESS = Panel(
    "Models' own answers to choices, by what became of them, a second",
    rates("sentuh_qa_witness_total", "standing"),
    stacked=True,
)
MONEY_AND_PEOPLE = Board(
    "money-and-people",
    "Sentuh: money and people",
    (
        _ASKED,
        _VERDICTS,
        _TIMES,
        PanelRow("People", (WAITING, ENDINGS, _DECLINES, _LATE, _DRAFTS)),
        PanelRow("Models beside people", (_WITNESS,)),
        _NOBODY,
        _MONEY,
    ),
)

BOARDS = (OVERVIEW, *map(of_service, SERVICES), MONEY_AND_PEOPLE)
