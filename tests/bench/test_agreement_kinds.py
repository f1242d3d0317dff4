"""Ratings are measured on a recorded set, choices on simulated people; both show bars and means."""

import random
from pathlib import Path

import pytest

from bench import agreement_choices, agreement_rating


@pytest.fixture
def ratings(tmp_path: Path) -> Path:
    """A folder with one set of ratings: ten people, forty tasks."""
    chance = random.Random(1)
    rows, gold = ["task,worker,label"], ["task,label"]
    for task in range(40):
        truth = chance.uniform(0, 100)
        gold.append(f"t{task},{truth:.1f}")
        rows += [
            f"t{task},w{worker},{min(100, max(0, round(chance.gauss(truth, 15))))}"
            for worker in range(10)
        ]
    (tmp_path / "num_some").mkdir()
    (tmp_path / "num_some" / "labels.csv").write_text("\n".join(rows))
    (tmp_path / "num_some" / "gold.csv").write_text("\n".join(gold))
    return tmp_path


def test_ratings_are_measured_against_the_plain_mean(ratings: Path) -> None:
    (row,) = agreement_rating.measured(ratings, 2)

    assert row.name == "num_some"
    assert row.full == 1
    assert 0.8 < row.all < 1.2
    assert row.used < 1
    assert row.covered > 0.5
    assert agreement_rating.means([row]).all == row.all
    assert [bar.met for bar in agreement_rating.bars([row])].count(True) >= 3
    assert len(agreement_rating.header().split()) == len(str(row).split())


def test_a_scale_of_whole_numbers_has_whole_steps(ratings: Path) -> None:
    question = agreement_rating.read(ratings / "num_some").question

    assert question.step == 1
    assert 0 <= question.low < question.high <= 100


def test_a_folder_without_ratings_measures_nothing(tmp_path: Path) -> None:
    assert list(agreement_rating.measured(tmp_path, 1)) == []
    assert list(agreement_rating.bars([])) == []


def test_choices_beat_majority_on_simulated_people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agreement_choices, "TASKS", 60)
    monkeypatch.setattr(agreement_choices, "CROWDS", {"ordinary": 0.88})
    (row,) = agreement_choices.measured(Path(), 1)

    assert row.all >= row.full - 0.05
    assert row.used < 1
    assert agreement_choices.means([row]).used == row.used
    assert list(agreement_choices.bars([row]))
    assert len(agreement_choices.header().split()) == len(str(row).split())
