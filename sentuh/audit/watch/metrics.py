"""The metrics of the standing audit: what must be 0, what still waits, how far it has read."""

from prometheus_client import CollectorRegistry

from sentuh.audit.watch.standing import LOST, STUCK, Findings
from shared.observe.instruments import Instruments
from shared.observe.metrics import build_info


class AuditorMetrics:
    """The gauges and counters of one process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.instruments = made = Instruments(registry)
        self._lost = made.gauge(
            "sentuh_auditor_lost",
            "Outputs without task, waiver or dead letter, and answers neither in the journal nor a"
            " dead letter, a grace time after they were sent. Must be 0.",
            "A service stands still longer than the grace time; else something was lost.",
            what=LOST,
        )
        self._stuck = made.gauge(
            "sentuh_auditor_stuck",
            "What should have ended a grace time ago: tasks past their deadline without verdict,"
            " waived outputs without one, offers past their lease without ending, answers without"
            " earning, earnings not confirmed after the verdict. Must be 0.",
            "The service that owes the next step stands still, or does not know what it should.",
            what=STUCK,
        )
        self._paid_twice = made.gauge(
            "sentuh_auditor_double_paid",
            "Earnings beyond the first for one worker, task and kind. Must be 0.",
            "Money was promised twice: a fault of ours, or a second writer of `earnings`.",
        )
        self._reading(made)
        build_info(made, "auditor")

    def _reading(self, made: Instruments) -> None:
        self._waiting = made.gauge(
            "sentuh_auditor_waiting",
            "What still waits for its next step and may yet.",
            "More is on its way.",
            what=(*LOST, *STUCK),
        )
        self.records = made.counter(
            "sentuh_auditor_records", "Records read, each once.", "More work gets done."
        )
        self.unreadable = made.gauge(
            "sentuh_auditor_unreadable",
            "Records in journals of ours that cannot be read. Must be 0.",
            "Somebody else writes to a journal.",
        )
        self.behind = made.gauge(
            "sentuh_auditor_behind_records",
            "Records it has yet to read.",
            "It cannot keep up, or has just started.",
        )
        self._looked_at = made.gauge(
            "sentuh_auditor_looked_at_seconds",
            "When all was read that Kafka had, in seconds since 1970: the other gauges speak of"
            " that moment.",
            "Time passes. Where it stands still, the auditor or Kafka is away.",
        )

    def expose(self, findings: Findings, moment: float) -> None:
        """Set the gauges to the findings at a moment, in seconds since 1970."""
        for what in LOST:
            self._lost.labels(what).set(findings.overdue.get(what, 0))
        for what in STUCK:
            self._stuck.labels(what).set(findings.overdue.get(what, 0))
        for what in (*LOST, *STUCK):
            self._waiting.labels(what).set(findings.waiting.get(what, 0))
        self._paid_twice.set(findings.paid_twice)
        self._looked_at.set(moment)
