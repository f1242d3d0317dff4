"""The catalog's section `models`: each fault with its line and fix, and whose classes are taken."""

from pathlib import Path

import pytest

from services.intake.catalog import CatalogError, load
from services.intake.catalog.label_maps import LabelMap, label_map_of
from tests.services.intake.catalog.test_catalog import GOOD, saved

LINES = """\
models:
  iris: {classes: [setosa, versicolor]}
  iris@v2:
    classes: [setosa, virginica]
    output: predict_proba
    scores: logit
"""
ABOVE = GOOD.count("\n")


def test_classes_are_those_of_the_version_or_else_of_the_model(tmp_path: Path) -> None:
    maps = load(saved(tmp_path, GOOD + LINES)).models
    assert label_map_of(maps, "iris", "v2") == LabelMap(
        classes=("setosa", "virginica"), output="predict_proba", scores="logit"
    )
    assert label_map_of(maps, "iris", "v9") == LabelMap(classes=("setosa", "versicolor"))
    assert label_map_of(maps, "rose", "v2") is None
    assert label_map_of(maps, None, None) is None


def test_a_catalog_without_models_has_the_digest_it_had(tmp_path: Path) -> None:
    plain = load(saved(tmp_path, GOOD)).digest
    assert load(saved(tmp_path, GOOD + "models: {}\n")).digest == plain
    assert load(saved(tmp_path, GOOD + LINES)).digest != plain


@pytest.mark.parametrize(
    ("part", "instead", "line", "path", "fix"),
    [
        ("[setosa, versicolor]", "[rose, Rose]", 2, "iris.classes[1]", "a name of its own"),
        ("[setosa, versicolor]", "[setosa]", 2, "iris.classes", "list at least 2"),
        ("[setosa, versicolor]", "[setosa, 1]", 2, "iris.classes[1]", "put it in quotes"),
        ("  iris:", "  iris@:", 2, "iris@", "name@version for one version of it"),
        ("scores: logit", "scores: percent", 6, "iris@v2.scores", "'logit'"),
        ("predict_proba", '""', 5, "iris@v2.output", ""),
        ("output:", "outputs:", 5, "iris@v2.outputs", "did you mean output?"),
        (
            "virginica]\n    output: predict_proba\n    scores: logit",
            "virginica, rose]\n    scores: second_class",
            5,
            "iris@v2.scores",
            "name two classes",
        ),
    ],
)
def test_each_fault_is_named_with_line_and_fix(
    tmp_path: Path, part: str, instead: str, line: int, *, path: str, fix: str
) -> None:
    assert part in LINES
    with pytest.raises(CatalogError) as caught:
        load(saved(tmp_path, GOOD + LINES.replace(part, instead)))
    [problem] = map(str, caught.value.problems)
    assert f":{ABOVE + line}: models.{path}: " in problem
    assert fix in problem
