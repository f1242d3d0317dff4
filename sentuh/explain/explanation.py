"""The explanation of a verdict, as it is printed and as JSON."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

from sentuh.explain.terms import Made
from shared.contracts.question import Answer


@dataclass(frozen=True, slots=True)
class Rated:
    """A worker's reliability as it was announced before the verdict: mean, 95 % interval, count."""

    mean: float
    lower: float
    upper: float
    count: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Voice:
    """One who had a say, and what it did.

    by: a person's vote, the model's draft, or the model as a witness. weight: None of a vote that
    did not count. why: in words where the weight comes from or why it did not count. rated: what
    the weight followed from, if it was announced. without: what the others make alone; None where
    they make no answer, or nothing was recounted. did: that in words.
    """

    by: Literal["person", "draft", "witness"]
    who: str
    assignment_id: str | None
    answer: Answer
    told: str
    standing: Literal["counted", "surplus"]
    weight: float | None
    believed: str
    why: str
    rated: Rated | None = None
    without: Made | None = None
    did: str = ""


@dataclass(frozen=True, slots=True)
class OtherVerdict:
    """Something that would have made another verdict, or the most that would not have.

    how: votes left out, votes that said another answer, or further answers. assignments: the votes.
    answer: what they would have said; None where they are left out. number: how many votes or
    further answers. makes: what would have come of it. flips: whether that is another verdict.
    fewest: whether fewer votes surely do not suffice.
    """

    how: Literal["left_out", "otherwise", "further"]
    assignments: tuple[str, ...]
    answer: Answer
    number: int
    makes: Made | None
    flips: bool
    fewest: bool
    told: str


@dataclass(frozen=True, slots=True)
class ComparedRecount:
    """What the votes make by a second implementation; `agrees` is whether the verdict says so."""

    probability: float
    agrees: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a verdict is what it is, from events alone.

    head: the facts that hold throughout, by name. told: the answer in words; sure: how sure it is.
    stopped: why asking stopped. counts: how votes become a verdict of this kind. recounted: None
    where nothing can be recounted, of which `notes` say why. second: the explanation of the second
    stage that decided it, if there is one.
    """

    task_id: str
    kind: str
    head: dict[str, str]
    by: Literal["people", "model"]
    answer: Answer
    told: str
    probability: float
    sure: str
    stop_reason: str
    stopped: str
    counts: str
    voices: tuple[Voice, ...] = ()
    recounted: ComparedRecount | None = None
    changes: tuple[OtherVerdict, ...] = ()
    notes: tuple[str, ...] = ()
    second: "Explanation | None" = None

    def as_json(self) -> str:
        """Return the whole explanation as one JSON document."""
        return json.dumps(self.as_object(), indent=2, ensure_ascii=False, default=_moment)

    def as_object(self) -> dict[str, object]:
        """Return it as an object of JSON, but for its times, which are `datetime`."""
        return asdict(self, dict_factory=_object)


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    return {name: value._asdict() if isinstance(value, Made) else value for name, value in pairs}


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
