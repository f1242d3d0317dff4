"""Why a model's confidence may not count: a closed set, so it may label a metric."""

from typing import Literal

Doubt = Literal[
    "not_stated",
    "unfinished",
    "refusal",
    "not_an_answer",
    "other_tokens",
    "placeholder",
    "off_scale",
    "zero_or_one",
    "repeats",
    "language",
    "no_speech",
]
"""Why an output has no confidence that counts, so that people see it whatever the threshold.

`not_stated`: nothing says how sure the model is. `unfinished`: the answer did not end by itself.
`refusal`: the model refused. `not_an_answer`: the text holds a tool call or thinking.
`other_tokens`: the numbers are not those of the answer: of other tokens, or of a better label than
the one stated. `placeholder`: the number stands for "not set". `off_scale`: it is no probability,
or all together are above 1. `zero_or_one`: scores of nothing but 0 and 1 name a label, not how
sure. `repeats`: the text goes round in a loop. `language`: the model was not sure of the language.
`no_speech`: the transcript holds a mark, but no words.
Example: a chat completion with the finish reason `abort` is `unfinished`.
"""
