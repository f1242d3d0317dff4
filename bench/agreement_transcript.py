"""Transcripts of recorded crowds against the medoid of all answers, one setting for all sets."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import fmean

from bench.bars import Bar
from bench.transcripts import Errors, TranscriptCrowd, medoid_error, recorded_texts, replay_texts
from services.qa.agreement.terms import AnswersWanted

QUALITY = "word error"
ANSWERS_MAX = 7
WORD_ERROR_MAX = 0.068
PROMISED = {
    "crowdspeech_dev_clean": (0.060, 4.1, 0.054),
    "crowdspeech_dev_other": (0.109, 5.6, 0.108),
    "crowdspeech_test_clean": (0.061, 4.7, 0.057),
}
"""By set the most word error where asking stops, the most answers there, and the most with all."""
MILLISECONDS_MAX = 20.0


@dataclass(frozen=True, slots=True)
class TranscriptRow:
    """One set's line: `full` is the medoid's word error, `every` ours with as many answers.

    stated: the word error that the verdicts expect where asking stopped.
    """

    name: str
    full: float
    every: float
    quality: float
    used: float
    per_task: float
    stated: float
    milliseconds: float

    def __str__(self) -> str:
        return (
            f"{self.name:<24}{self.full:>8.4f}{self.every:>8.4f}{self.quality:>9.4f}"
            f"{self.per_task:>9.2f}{self.used:>8.0%}{self.stated:>8.4f}{self.milliseconds:>6.1f}"
        )


def header() -> str:
    """Return the titles of the columns."""
    return (
        f"{'set':<24}{'medoid':>8}{'all':>8}{'stopped':>9}"
        f"{'answers':>9}{'share':>8}{'stated':>8}{'ms':>6}"
    )


def measured(folder: Path, seeds: int) -> Iterator[TranscriptRow]:
    """Replay each set of texts with what is right, with stopping and without."""
    crowds = list(recorded_texts(folder))
    if not crowds:
        return
    with ProcessPoolExecutor() as pool:
        yield from pool.map(partial(measure, seeds=seeds), crowds)


def measure(crowd: TranscriptCrowd, seeds: int) -> TranscriptRow:
    """Replay one crowd once per seed, with stopping and without, and average."""
    stopped = _replayed(crowd, 1, seeds)
    per_task = fmean(errors.per_task for errors in stopped)
    return TranscriptRow(
        name=crowd.name,
        full=medoid_error(crowd),
        every=fmean(errors.word_error for errors in _replayed(crowd, ANSWERS_MAX, seeds)),
        quality=fmean(errors.word_error for errors in stopped),
        used=per_task * len(crowd.answers) / sum(map(len, crowd.answers.values())),
        per_task=per_task,
        stated=fmean(errors.stated for errors in stopped),
        milliseconds=fmean(1e3 * errors.seconds / errors.decisions for errors in stopped),
    )


def means(rows: Sequence[TranscriptRow]) -> TranscriptRow:
    """Return the means over the sets."""
    figures = {
        name: fmean(getattr(row, name) for row in rows)
        for name in TranscriptRow.__slots__
        if name != "name"
    }
    return TranscriptRow(name=f"mean of {len(rows)}", **figures)


def bars(rows: Sequence[TranscriptRow]) -> Iterable[Bar]:
    """Yield what transcripts promise without golds, of sets that are known and of all together."""
    for row in rows:
        if row.name in PROMISED:
            error, answers, every = PROMISED[row.name]
            yield Bar(f"{row.name}, word error", row.quality, most=error)
            yield Bar(f"{row.name}, answers", row.per_task, most=answers)
            yield Bar(f"{row.name}, word error of all", row.every, most=every)
    slowest = max(row.milliseconds for row in rows)
    yield Bar("milliseconds of a decision", slowest, most=MILLISECONDS_MAX)


def _replayed(crowd: TranscriptCrowd, least: int, seeds: int) -> list[Errors]:
    wanted = AnswersWanted(least, ANSWERS_MAX, WORD_ERROR_MAX)
    return [replay_texts(crowd, wanted, seed) for seed in range(1, seeds + 1)]
