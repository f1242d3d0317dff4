"""What is promised of a figure, and whether it keeps the promise."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bar:
    """One figure and its bounds; a bound that is None does not hold it.

    Example: `Bar("share of the answers", 0.61, most=0.65)` is met.
    """

    what: str
    value: float
    least: float | None = None
    most: float | None = None

    @property
    def met(self) -> bool:
        """Whether the figure is within its bounds."""
        above = self.least is None or self.value >= self.least
        return above and (self.most is None or self.value <= self.most)

    def __str__(self) -> str:
        """Return the bar as a line: `met     share of the answers 0.610, at most 0.650`."""
        bounds = [
            f"at {word} {bound:.3f}"
            for word, bound in (("least", self.least), ("most", self.most))
            if bound is not None
        ]
        return (
            f"{'met' if self.met else 'MISSED':<8}{self.what} {self.value:.3f}, {', '.join(bounds)}"
        )
