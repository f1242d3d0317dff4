"""Outputs that libraries and model servers really gave for one flower, each read as it should be.

scikit-learn 1.9.1, XGBoost 3.2.0, LightGBM 4.7.0, CatBoost 1.2.10, pandas, skl2onnx 1.20.0 with
ONNX Runtime 1.32.0; servers that ran: MLServer 1.7.1 (scikit-learn, LightGBM), MLflow 3.17.2
(models serve), KServe's Python server 0.21.0. Triton's server could not run: its text is in the
documented form, within KServe's InferResponse. SageMaker's lines of captured data, and the replies
of its own algorithms in them, are in the documented form; plain rows are as sagemaker-inference
encoded them. MLServer's Hugging Face codec encoded the pairs, without transformers.
"""

import json
from pathlib import Path

import pytest
from pydantic import JsonValue

from services.intake.catalog.label_maps import LabelMap
from services.intake.formats import FORMATS, read_output
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.parts import Output
from tests.services.intake.builders import an_envelope, assert_one_sentence

OUTPUTS = Path(__file__).parent.parent / "outputs"
FLOWERS = ("setosa", "versicolor", "virginica")
IRIS = LabelMap(classes=FLOWERS)
MAPS = {
    "iris": LabelMap(classes=FLOWERS, output="predict_proba"),
    "numbers": IRIS,
    "lgb@v2": IRIS,
    "label": IRIS,
    "proba": IRIS,
    "dict": LabelMap(classes=FLOWERS, output="probabilities"),
    "iris-triton": LabelMap(classes=FLOWERS, scores="logit"),
    "iris-best": IRIS,
    "rows": IRIS,
    "second": LabelMap(classes=("malignant", "benign"), scores="second_class"),
}

SURE = [
    ("sklearn-row-of-names", None, "sklearn.proba", 0.5567, "virginica"),
    ("sklearn-row-tolist", "rows", "proba.row", 0.5567, "virginica"),
    ("sklearn-first-row-tolist", "rows", "proba.row", 0.5567, "virginica"),
    ("sklearn-true-false-classes", None, "sklearn.proba", 0.9421, "false"),
    ("sklearn-digits-row", None, "sklearn.proba", 0.6781, "9"),
    ("pandas-records", None, "scores.by-class", 0.5567, "virginica"),
    ("xgboost-booster-lone-number", "second", "proba.row", 0.9117, "malignant"),
    ("xgboost-softprob-row", "rows", "proba.row", 0.6355, "virginica"),
    ("lightgbm-row-of-names", None, "sklearn.proba", 0.5052, "virginica"),
    ("lightgbm-booster-row", "rows", "proba.row", 0.5052, "virginica"),
    ("catboost-row-of-names", None, "sklearn.proba", 0.7656, "virginica"),
    ("skl2onnx-zipmap-of-names", None, "scores.by-class", 0.5567, "virginica"),
    ("skl2onnx-zipmap-of-integers", "rows", "scores.by-class", 0.5567, "virginica"),
    ("onnxruntime-by-name-zipmap", None, "onnx.runtime", 0.5567, "virginica"),
    ("onnxruntime-by-name-array", "rows", "onnx.runtime", 0.5567, "virginica"),
    ("kserve-v1-proba", "proba", "kserve.v1", 0.5567, "virginica"),
    ("kserve-v1-zip", None, "kserve.v1", 0.5567, "virginica"),
    ("kserve-v2-proba", None, "kserve.v2", 0.5567, "virginica"),
    ("mlflow-serve-predict-proba", "proba", "kserve.v1", 0.9816, "setosa"),
    ("mlflow-dict", "dict", "kserve.v1", 0.5567, "virginica"),
    ("mlflow-frame", None, "kserve.v1", 0.5567, "virginica"),
    ("mlserver-proba-one-row", None, "kserve.v2", 0.5567, "virginica"),
    ("mlserver-predict-and-proba", None, "kserve.v2", 0.5567, "virginica"),
    ("mlserver-lightgbm", None, "kserve.v2", 0.5052, "virginica"),
    ("mlserver-huggingface", None, "kserve.v2", 0.9999, "POSITIVE"),
    ("triton-classification-labels", None, "triton.classification", 0.81, "cat"),
    ("triton-classification-no-labels", "iris-best", "triton.classification", 0.5567, "virginica"),
    ("triton-classification-logits", None, "triton.classification", 0.5567, "virginica"),
    ("sagemaker-capture-json", "rows", "sagemaker.capture", 0.5567, "virginica"),
    ("sagemaker-capture-csv", "rows", "sagemaker.capture", 0.5567, "virginica"),
    ("sagemaker-capture-base64", "rows", "sagemaker.capture", 0.5567, "virginica"),
    ("sagemaker-capture-base64-csv", "rows", "sagemaker.capture", 0.5567, "virginica"),
    ("sagemaker-capture-pairs", None, "sagemaker.capture", 0.55, "spam"),
    ("sagemaker-capture-linear-learner", None, "sagemaker.capture", 0.6876, "0"),
]
TO_PEOPLE = [
    ("sklearn-decision-tree-zero-or-one", None, "sklearn.proba", "zero_or_one", "versicolor"),
    ("sklearn-multi-label-row", None, "sklearn.proba", "off_scale", "b"),
    ("sklearn-predict-tolist", "rows", "proba.row", "not_stated", "virginica"),
    ("xgboost-softmax-class-number", "rows", "proba.row", "not_stated", "virginica"),
    ("kserve-v1-label", "label", "kserve.v1", "not_stated", "virginica"),
    ("kserve-v1-named", None, "kserve.v1", "not_stated", "virginica"),
    ("kserve-v2-label", None, "kserve.v2", "not_stated", "virginica"),
    ("kserve-v2-named", None, "kserve.v2", "not_stated", "virginica"),
    ("mlflow-label", None, "kserve.v1", "not_stated", "virginica"),
    ("mlserver-predict-number", None, "kserve.v2", "not_stated", "virginica"),
    ("sagemaker-capture-label", "rows", "sagemaker.capture", "not_stated", "virginica"),
]
REFUSED = [
    ("sklearn-two-rows-tolist", None, Reason.UNKNOWN_FORMAT, "several outputs together"),
    ("sklearn-log-proba", None, Reason.BAD_OUTPUT, "no logits and no percents"),
    ("sklearn-decision-function", None, Reason.BAD_OUTPUT, "no logits and no percents"),
    ("sklearn-multi-output", None, Reason.BAD_OUTPUT, "in a record of its own"),
    ("lightgbm-raw-score", None, Reason.BAD_OUTPUT, "no logits and no percents"),
    ("catboost-log-probability", None, Reason.BAD_OUTPUT, "no logits and no percents"),
    ("xgboost-booster-margin", "second", Reason.BAD_OUTPUT, "the probability of the second class"),
    ("catboost-predict-class", None, Reason.UNKNOWN_FORMAT, "convert it"),
    ("skl2onnx-zipmap-columns-names", None, Reason.UNKNOWN_FORMAT, "convert it"),
    ("kserve-v1-two", "proba", Reason.BAD_OUTPUT, "send each in a record of its own"),
    ("mlserver-lightgbm-two-rows", None, Reason.BAD_OUTPUT, "send each in a record of its own"),
    ("mlserver-predict-proba", None, Reason.BAD_OUTPUT, "send each in a record of its own"),
    ("mlserver-predict-names", None, Reason.BAD_OUTPUT, "no tensor predict_proba"),
    ("mlserver-error", None, Reason.UNKNOWN_FORMAT, "a server's error and no output"),
    ("mlflow-error", None, Reason.UNKNOWN_FORMAT, "a server's error and no output"),
    ("triton-classification-batch", None, Reason.BAD_OUTPUT, "in a record of its own"),
    ("sagemaker-capture-lines", None, Reason.BAD_OUTPUT, "send one row"),
]
WITHOUT_MAP = [
    "sklearn-row-tolist",
    "xgboost-booster-lone-number",
    "skl2onnx-zipmap-of-integers",
    "skl2onnx-zipmap-of-true-false-classes",
    "onnxruntime-by-name-array",
    "kserve-v1-proba",
    "kserve-v1-label",
    "kserve-v2-proba",
    "mlflow-serve-predict-proba",
    "mlserver-proba-one-row",
    "triton-classification-no-labels",
    "sagemaker-capture-csv",
]
JUDGED = {row[0] for row in (*SURE, *TO_PEOPLE, *REFUSED)} | set(WITHOUT_MAP)


def read(name: str, model: str | None) -> Output:
    """The output in this file under the label maps, without a declared format."""
    payload: JsonValue = json.loads((OUTPUTS / f"{name}.json").read_text())
    return read_output(an_envelope(payload)._replace(model=model, label_maps=MAPS))


@pytest.mark.parametrize(("name", "model", "read_as", "value", "answer"), SURE)
def test_likeliest_class_is_the_answer(
    name: str, model: str | None, read_as: str, value: float, answer: str
) -> None:
    output = read(name, model)
    assert (output.format, output.answer) == (read_as, answer)
    assert output.confidence.status == "ok"
    assert output.confidence.value == pytest.approx(value, rel=1e-3)
    assert output.confidence.source_path is not None


@pytest.mark.parametrize(("name", "model", "read_as", "reason", "answer"), TO_PEOPLE)
def test_what_does_not_say_how_sure_it_is_goes_to_people(
    name: str, model: str | None, read_as: str, reason: str, answer: str
) -> None:
    output = read(name, model)
    assert (output.format, output.answer) == (read_as, answer)
    assert (output.confidence.value, output.confidence.reason) == (None, reason)


@pytest.mark.parametrize(("name", "model", "reason", "words"), REFUSED)
def test_refusal_says_what_to_do(name: str, model: str | None, reason: Reason, words: str) -> None:
    with pytest.raises(Refused) as caught:
        read(name, model)
    assert caught.value.reason is reason
    assert words in caught.value.detail


@pytest.mark.parametrize("name", WITHOUT_MAP)
def test_numbers_without_a_label_map_are_refused_with_the_catalogs_section(name: str) -> None:
    payload: JsonValue = json.loads((OUTPUTS / f"{name}.json").read_text())
    with pytest.raises(Refused) as caught:
        read_output(an_envelope(payload))
    assert caught.value.reason is Reason.MISSING
    assert "nothing names the classes" in caught.value.detail
    assert "`models`" in caught.value.detail
    assert "names no model" in caught.value.detail or "has no model “" in caught.value.detail


@pytest.mark.parametrize(
    ("model", "version", "names"),
    [
        ("flowers", None, "has no model “flowers”: "),
        ("flowers", "v2", "has no model “flowers@v2” or “flowers”: "),
        ("f" * 200, "v" * 200, f"has no model “{'f' * 60}…”: "),
    ],
)
def test_refusal_says_which_model_the_catalog_was_searched_for(
    model: str, version: str | None, names: str
) -> None:
    envelope = an_envelope([[0.6, 0.4]])._replace(model=model, model_version=version)
    with pytest.raises(Refused) as caught:
        read_output(envelope._replace(label_maps=MAPS))
    assert names in caught.value.detail
    assert_one_sentence(caught.value.detail)


@pytest.mark.parametrize("name", sorted({row[0] for row in (*SURE, *TO_PEOPLE)}))
def test_each_is_recognised_by_its_own_format_alone(name: str) -> None:
    payload: JsonValue = json.loads((OUTPUTS / f"{name}.json").read_text())
    assert len([known for known in FORMATS.values() if known.recognises(payload)]) == 1
