"""A sorted set in memory."""

from bisect import bisect_left, insort

from shared.state.store import Ranked


class Ranking(dict[str, int]):
    """A sorted set: members and their scores, in a type that is never taken for a hash.

    The order is made when it is first asked for and kept up to date from then on, since every
    record of a batch asks for it.
    """

    _order: list[tuple[int, str]] | None = None

    def lowest(self, take: int | None) -> Ranked:
        """Return the `take` lowest members, or all for None, lowest first."""
        if self._order is None:
            self._order = sorted((score, member) for member, score in self.items())
        return {member: score for score, member in self._order[:take]}

    def __setitem__(self, member: str, score: int) -> None:
        self.discard(member)
        super().__setitem__(member, score)
        if self._order is not None:
            insort(self._order, (score, member))

    def discard(self, member: str) -> None:
        """Take a member out, if it is there."""
        score = self.pop(member, None)
        if score is not None and self._order is not None:
            del self._order[bisect_left(self._order, (score, member))]
