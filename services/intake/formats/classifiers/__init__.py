"""Formats of classifiers and of the servers that they stand behind."""

from services.intake.formats.classifiers import (
    kserve_v1,
    kserve_v2,
    onnx_runtime,
    proba_row,
    sagemaker_capture,
    scores_by_class,
    sklearn_proba,
    triton_classification,
)

FORMATS = (
    sklearn_proba.FORMAT,
    proba_row.FORMAT,
    scores_by_class.FORMAT,
    onnx_runtime.FORMAT,
    kserve_v1.FORMAT,
    kserve_v2.FORMAT,
    triton_classification.FORMAT,
    sagemaker_capture.FORMAT,
)
