"""What a verdict states, from the probability its votes make and the curve it says it used."""

from bisect import bisect_left

from shared.contracts.events.used import Used

DIGITS = 6


def on_curve(probability: float, used: Used) -> float:
    """Return the height of the curve there; the probability itself where there is no curve.

    Between two points it is a straight line, outside of all it is level.
    """
    if not used.curve:
        return probability
    at = bisect_left([stated for stated, _ in used.curve], probability)
    if at == 0:
        return used.curve[0][1]
    if at == len(used.curve):
        return used.curve[-1][1]
    (left, low), (right, high) = used.curve[at - 1], used.curve[at]
    return round(low + (high - low) * (probability - left) / (right - left), DIGITS)
