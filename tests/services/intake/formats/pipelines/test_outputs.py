"""Outputs of Hugging Face pipelines, and what is right of each.

Made by transformers 4.44.2 on PyTorch 1.13.1 (Debian's), with models of one layer and chance
weights, since no model can be fetched here: the forms are the library's, the answers are nobody's.
What the library hands out as numpy's float32, which `json` refuses, was made a float.
"""

import pytest
from pydantic import JsonValue

from shared.contracts.errors import Reason
from tests.services.intake.formats.judged import Case, judge

_TEXT, _NER = "hf.text-classification", "hf.token-classification"
_QA, _BAD = "hf.question-answering", Reason.BAD_OUTPUT
ASKED = "Ann Lee works at Acme in Paris."
_SPANS: JsonValue = [
    {"start": 0, "end": 3, "label": "PER"},
    {"start": 14, "end": 16, "label": "PER"},
    {"start": 25, "end": 31, "label": "LOC"},
]

CASES = [
    Case("hf-ner-tokens", _NER, _SPANS, 0.5254, path="$[1].score", request=ASKED),
    Case("hf-ner-simple", _NER, _SPANS, 0.5254, path="$[1].score", request=ASKED),
    Case("hf-ner-list-of-one", _NER, _SPANS, 0.5254, path="$[0][1].score", request=ASKED),
    Case("hf-ner-slow-tokeniser", _NER, "use a fast tokeniser", refused=_BAD, request=ASKED),
    Case("hf-ner-batch", _NER, "a record of its own", refused=_BAD, request=ASKED),
    Case("hf-qa", _QA, "Acme", 0.3056, path="$.score", request=ASKED),
    Case("hf-qa-top-two", _QA, "send one answer", refused=_BAD, request=ASKED),
    Case("hf-qa-batch", _QA, "send one answer", refused=_BAD, request=ASKED),
    Case("hf-text-one", _TEXT, "NEGATIVE", 0.9841, path="$[0].score"),
    Case("hf-text-pair", _TEXT, "POSITIVE", 0.6648),
    Case("hf-text-all-scores", _TEXT, "NEGATIVE", 0.9841),
    Case("hf-text-list-of-one", _TEXT, "NEGATIVE", 0.9841, path="$[0][0].score"),
    Case("hf-text-batch", _TEXT, "a record of its own", refused=_BAD),
    Case("hf-text-sigmoid", _TEXT, "NEGATIVE", "off_scale"),
    Case("hf-text-logit", _TEXT, "NEGATIVE", "off_scale"),
    Case("hf-zero-shot", _TEXT, "mood", 0.6349, path="$.scores[0]"),
    Case("hf-zero-shot-several-labels", _TEXT, "news", 0.2306),
    Case("hf-zero-shot-list-of-one", _TEXT, "mood", 0.6349),
    Case("hf-image", _TEXT, "dog", 0.9859),
    Case("hf-image-batch", _TEXT, "a record of its own", refused=_BAD),
    Case("hf-audio", _TEXT, "speech", 0.5066),
]
JUDGED = frozenset(case.name for case in CASES)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_output_is_read_or_refused_as_is_right(case: Case) -> None:
    judge(case)
