"""Kinds are measured by their files, sets are found by their kind, and bars are told plainly."""

from pathlib import Path

import pytest

from bench.agreement import of_kinds
from bench.agreement_choice import ChoiceRow, bars, header, means
from bench.bars import Bar
from bench.crowds import folders
from bench.plots import draw_agreement


def a_set(folder: Path, name: str, labels: str, gold: str = "task,label\nt0,1\n") -> None:
    """Write one set of answers."""
    (folder / name).mkdir()
    (folder / name / "labels.csv").write_text(labels)
    (folder / name / "gold.csv").write_text(gold)


def a_row(name: str = "birds", **more: float) -> ChoiceRow:
    figures = dict.fromkeys(
        ("full", "same", "quality", "used", "per_task", "stated", "calibration", "microseconds"),
        0.5,
    )
    return ChoiceRow(name=name, **{**figures, **more})


def test_a_kind_is_found_by_its_file() -> None:
    assert "choice" in of_kinds()
    assert list(of_kinds(["choice"])) == ["choice"]
    assert of_kinds(["nothing"]) == {}


def test_a_set_is_of_the_kind_that_the_index_says(tmp_path: Path) -> None:
    a_set(tmp_path, "stars", "task,worker,label\nt0,w0,1\nt0,w1,2\n")
    (tmp_path / "INDEX.csv").write_text("name,kind\nstars,numeric\n")

    assert [place.name for place in folders(tmp_path, "numeric")] == ["stars"]
    assert list(folders(tmp_path, "categorical")) == []


@pytest.mark.parametrize(
    ("kind", "labels", "gold"),
    [
        ("categorical", "task,worker,label\nt0,w0,1\nt0,w1,2\n", "task,label\nt0,1\n"),
        ("categorical", "task,worker,label\nt0,w0,cat\n", "task,label\nt0,cat\n"),
        ("numeric", "task,worker,label\nt0,w0,1\nt0,w1,2\n", "task,label\nt0,1.5\n"),
        ("text", "task,worker,text\nt0,w0,hello\n", "task,label\nt0,hello\n"),
    ],
)
def test_without_an_index_its_columns_tell(
    tmp_path: Path, kind: str, labels: str, gold: str
) -> None:
    a_set(tmp_path, "some", labels, gold)

    assert [place.name for place in folders(tmp_path, kind)] == ["some"]


def test_many_numbers_are_ratings(tmp_path: Path) -> None:
    rows = "".join(f"t0,w{number},{number}\n" for number in range(30))
    a_set(tmp_path, "some", f"task,worker,label\n{rows}")

    assert [place.name for place in folders(tmp_path, "numeric")] == ["some"]


def test_a_bar_says_whether_it_is_met() -> None:
    assert str(Bar("error", 1.02, most=1.03)) == "met     error 1.020, at most 1.030"
    assert str(Bar("error", 1.04, most=1.03)) == "MISSED  error 1.040, at most 1.030"
    assert str(Bar("cover", 0.8, least=0.85, most=0.95)).startswith("MISSED  cover 0.800, at least")


def test_choices_promise_something_of_their_means() -> None:
    rows = [a_row(), a_row("birds 2", quality=0.6)]

    assert means(rows).quality == pytest.approx(0.55)
    assert all(bar.met for bar in bars(rows))
    assert len(header().split()) >= 8


def test_every_kind_has_its_panel(tmp_path: Path) -> None:
    path = draw_agreement(tmp_path / "a.png", {"choice": ("accuracy", [a_row()])})

    assert path.read_bytes().startswith(b"\x89PNG")
