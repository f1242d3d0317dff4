"""Holds a sorted set in memory."""

from bisect import bisect_left, insort

from shared.state.store import Ranked


class Ranking(dict[str, int]):
    """A sorted set in memory: members and their scores, in a type of its own so that it is no hash.

    The order is computed when it is first asked for, and is kept up to date from then on, since
    every record of a batch asks for it. Example: `Ranking({"a": 2, "b": 1}).lowest(1)` is
    `{"b": 1}`.
    """

    _order: list[tuple[int, str]] | None = None

    def lowest(self, take: int | None) -> Ranked:
        """Return the `take` members with the lowest scores, or all for None, lowest first."""
        if self._order is None:
            self._order = sorted((score, member) for member, score in self.items())
        return {member: score for score, member in self._order[:take]}

    def __setitem__(self, member: str, score: int) -> None:
        self.discard(member)
        super().__setitem__(member, score)
        if self._order is not None:
            insort(self._order, (score, member))

    def discard(self, member: str) -> None:
        """Remove a member if the sorted set has it."""
        score = self.pop(member, None)
        if score is not None and self._order is not None:
            del self._order[bisect_left(self._order, (score, member))]
