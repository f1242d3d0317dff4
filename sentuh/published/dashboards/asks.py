"""Makes the PromQL expressions that many panels use, with their legends."""

STEP = "[$__rate_interval]"
Ask = tuple[str, str]
"""An expression of PromQL, and the legend of its curves."""


def rate(series: str, legend: str) -> Ask:
    """Return the sum of a counter's rates, a second."""
    return f"sum(rate({series}{STEP}))", legend


def rates(series: str, label: str) -> tuple[Ask, ...]:
    """Return a counter's rate a second for each value of a label."""
    return ((f"sum by ({label}) (rate({series}{STEP}))", f"{{{{{label}}}}}"),)


def each(series: str, label: str, *, how: str = "sum") -> tuple[Ask, ...]:
    """Return a gauge for each value of a label, summed or as `how` says."""
    return ((f"{how} by ({label}) ({series})", f"{{{{{label}}}}}"),)


def one(expression: str, legend: str = "") -> tuple[Ask, ...]:
    """Return a single expression with its legend."""
    return ((expression, legend),)


def quantiles(metric: str) -> tuple[Ask, ...]:
    """Return the median and the 95th percentile of a histogram."""
    rising = f"sum by (le) (rate({metric}_bucket{STEP}))"
    return tuple((f"histogram_quantile({q}, {rising})", f"p{q * 100:.0f}") for q in (0.5, 0.95))
