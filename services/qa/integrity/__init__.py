"""Weighs evidence that answers were given without care: it proposes to look, and bans nobody.

Four signs, each a log likelihood ratio (nats) of two hypotheses about a worker on a task type, from
sums of integers that verdicts teach: answers that agree with others no more than chance does, the
same wrong answers as others, answers given too fast for what there was to read, and drafts left as
they were where they were wrong. Somebody who is fast and right, or who often differs and is better
than chance, has evidence for them and not against them. Pay never looks at any of it.
"""

from services.qa.integrity.factor import factor_of, weakened
from services.qa.integrity.flags import FLAGGED_MIN, flag_field, flagged, strong_signs
from services.qa.integrity.signs import Sign, SignName, signs_of

__all__ = [
    "FLAGGED_MIN",
    "Sign",
    "SignName",
    "factor_of",
    "flag_field",
    "flagged",
    "signs_of",
    "strong_signs",
    "weakened",
]
