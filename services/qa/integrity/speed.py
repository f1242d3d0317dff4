"""Says whether an answer came too fast to have been given after looking.

Two thresholds, and an answer below either is hasty. Of the content: nobody reads it, or hears it,
at more than twice the usual speed: 238 words a minute (Brysbaert 2019, of silent reading), and the
length of a recording. Of the task type: a tenth of the usual time, the normative threshold of Wise
and Ma (2012) for rapid guesses. Haste alone is no fault: what counts is whether hasty answers agree
with others by more than chance.
"""

from dataclasses import dataclass

WORDS_A_SECOND = 238 / 60
FASTER = 2.0
"""Times as fast as usual somebody may read or listen who takes in what there is."""
RAPID_SHARE = 0.1
TIMED_MIN = 20
"""Answers of a task type that must be timed before its usual time is known."""


@dataclass(frozen=True, slots=True)
class MaterialAmount:
    """How much there is to take in: words to read, and seconds to hear or see."""

    words: int = 0
    seconds: float = 0.0

    @property
    def seconds_min(self) -> float:
        """Seconds in which somebody takes it in at the least."""
        return (self.words / WORDS_A_SECOND + self.seconds) / FASTER


def is_hasty(taken: float, content: MaterialAmount, usual: float | None) -> bool:
    """Return whether so many seconds were too few.

    `usual` is the mean time of the task type, None below TIMED_MIN timed answers.
    Example: 2 s for a recording of 10 s: hasty. 20 s for it: not, unless 200 s are usual.
    """
    return taken < content.seconds_min or (usual is not None and taken < RAPID_SHARE * usual)
