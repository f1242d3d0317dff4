"""Tells golds from other offers by all that a worker app gets of them, as well as can be.

Each number of an offer is cut at its quantiles, so that any shape of a difference is seen; over
these a ridge logistic regression is fitted (Newton's method, Hastie et al., The Elements of
Statistical Learning, 4.4.1), and every offer is judged by a fit to others. How well it does is the
area under the ROC curve, 0.5 by chance, with its 95 % interval after Hanley and McNeil (1982).
"""

import hashlib
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench.gold_town import SeenOffer
from shared.contracts.envelope import derived_traceparent

Rows = NDArray[np.float64]
CUTS = 8
"""Quantiles at which each number is cut."""
FOLDS = 5
RIDGE = 3.0
STEPS = 12
Z_95 = 1.96


class Area(NamedTuple):
    """The area under the ROC curve with its 95 % interval."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        """Return it as it stands in the table: `0.503 (0.462 to 0.544)`."""
        return f"{self.mean:.3f} ({self.low:.3f} to {self.high:.3f})"


def facts_of(offer: SeenOffer) -> dict[str, float]:
    """Return every number that a worker can make of an offer: bytes, ids, times, order, price.

    How many offers the worker had before (`turn`) is left out: newcomers get golds more often, as
    everybody may know.
    """
    claims, headers = offer.event.claims, dict(offer.sent.headers)
    trace = headers["traceparent"].decode()
    at = offer.event.at
    return {
        "bytes": len(offer.sent.value or b""),
        "headers": sum(len(value) for value in headers.values()),
        "fields": len(offer.event.model_dump(exclude_none=True)),
        "text": len(offer.event.output.text or ""),
        "shown": len(offer.event.output.model_dump(exclude_none=True)),
        "token": len(offer.event.token),
        "price": claims.quote.amount_minor,
        "id length": len(claims.task_id),
        "id first digit": int(claims.task_id[0], 16),
        "id version": int(claims.task_id[14], 16),
        "id hash": hashlib.sha256(claims.task_id.encode()).digest()[0],
        "trace flags": int(trace[-2:], 16),
        "trace is the id's": trace[:35] == derived_traceparent(claims.task_id)[:35],
        "cause": int(headers["ce_causationid"].decode()[0], 16),
        "asks for": len(offer.event.why.model_dump(exclude_none=True)),
        "place": claims.place,
        "held before": offer.open_before,
        "since a confirmed earning": offer.at - offer.confirmed_at,
        "second of the minute": at.second + at.microsecond / 1e6,
        "to accept": (claims.accept_by - at).total_seconds(),
        "to answer": (claims.answer_by - claims.accept_by).total_seconds(),
    }


def with_gaps(offers: Sequence[SeenOffer]) -> list[dict[str, float]]:
    """Return the facts of each offer, with the time since the one before to the same worker."""
    last: dict[str, float] = {}
    rows = []
    for seen in offers:
        worker = seen.event.claims.worker_id
        rows.append({**facts_of(seen), "since the last offer": seen.at - last.get(worker, 0.0)})
        last[worker] = seen.at
    return rows


def told_apart(
    rows: Sequence[dict[str, float]], is_gold: Sequence[bool], tasks: Sequence[str]
) -> Area:
    """Return how well golds are told from the others, each judged by a fit that has not seen it.

    `tasks` are those of the offers: a fit has seen no other offer of a task that it judges, or it
    would know the task again, and not what a gold is.
    """
    table = np.array([[float(value) for value in row.values()] for row in rows])
    truth = np.array(is_gold, dtype=float)
    folds = np.array([hashlib.sha256(task.encode()).digest()[1] % FOLDS for task in tasks])
    scores = np.zeros(len(truth))
    for fold in range(FOLDS):
        train, test = folds != fold, folds == fold
        cuts = np.quantile(table[train], np.linspace(0, 1, CUTS + 1)[1:-1], axis=0)
        weights = _fitted(_cut(table[train], cuts), truth[train])
        scores[test] = _cut(table[test], cuts) @ weights
    return _area(scores, truth)


def _cut(table: Rows, cuts: Rows) -> Rows:
    """Return a column for each cut of each number: whether the number is above; and a constant."""
    above = [table[:, [at]] > cuts[:, at] for at in range(table.shape[1])]
    return np.hstack([np.ones((len(table), 1)), *above]).astype(float)


def _fitted(columns: Rows, truth: Rows) -> Rows:
    weights = np.zeros(columns.shape[1])
    penalty = RIDGE * np.eye(len(weights))
    penalty[0, 0] = 1e-6
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-np.clip(columns @ weights, -30, 30)))
        slope = columns.T @ (truth - chance) - penalty @ weights
        curve = (columns.T * (chance * (1 - chance))) @ columns + penalty
        weights = weights + np.linalg.solve(curve, slope)
    return weights


def _area(scores: Rows, truth: Rows) -> Area:
    """Return the area, ties counting half, and its interval."""
    golds, others = scores[truth > 0.5], scores[truth <= 0.5]
    if not len(golds) or not len(others):
        raise ValueError("golds and others are needed: let the town live for longer")
    above = (golds[:, None] > others[None, :]).mean() + (golds[:, None] == others).mean() / 2
    area = float(above)
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    of_golds, of_others = (len(golds) - 1) * (q1 - area**2), (len(others) - 1) * (q2 - area**2)
    error = math.sqrt((area * (1 - area) + of_golds + of_others) / (len(golds) * len(others)))
    return Area(area, area - Z_95 * error, area + Z_95 * error)
