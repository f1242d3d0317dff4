"""Expressions that panels ask again and again, with their legends."""

STEP = "[$__rate_interval]"
Ask = tuple[str, str]
"""An expression of PromQL, and what its curves are called."""


def rate(series: str, legend: str) -> Ask:
    """How much a second, in all."""
    return f"sum(rate({series}{STEP}))", legend


def rates(series: str, label: str) -> tuple[Ask, ...]:
    """How much a second, for each value of a label."""
    return ((f"sum by ({label}) (rate({series}{STEP}))", f"{{{{{label}}}}}"),)


def each(series: str, label: str, *, how: str = "sum") -> tuple[Ask, ...]:
    """A gauge, for each value of a label."""
    return ((f"{how} by ({label}) ({series})", f"{{{{{label}}}}}"),)


def one(expression: str, legend: str = "") -> tuple[Ask, ...]:
    """A single expression."""
    return ((expression, legend),)


def quantiles(metric: str) -> tuple[Ask, ...]:
    """Half of all are below the first, nineteen of twenty below the second."""
    rising = f"sum by (le) (rate({metric}_bucket{STEP}))"
    return tuple((f"histogram_quantile({q}, {rising})", f"p{q * 100:.0f}") for q in (0.5, 0.95))
