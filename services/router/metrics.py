"""What an operator wants to know of the router beyond the pattern's own metrics."""

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge


class RouterMetrics:
    """Measured while sweeping; each process speaks for the partitions it holds."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self.waiting_lanes = Gauge(
            "sentuh_router_waiting_lanes",
            "Lanes in which tasks wait for somebody to be free.",
            registry=registry,
        )
        self.unroutable_lanes = Gauge(
            "sentuh_router_unroutable_lanes",
            "Lanes in which tasks wait that no registered worker can take.",
            registry=registry,
        )
        self.unroutable_tasks = Gauge(
            "sentuh_router_unroutable_tasks",
            "Tasks that no registered worker can take; a lane counts 101 at most.",
            registry=registry,
        )
        self.deadlines = Counter(
            "sentuh_router_deadlines", "Deadlines announced as passed.", registry=registry
        )
