"""Words for the reasons that events give: why declined, taken back or closed."""

from collections.abc import Mapping

DECLINED: Mapping[str, str] = {
    "media_unusable": "the recording or picture is unusable",
    "output_unreadable": "what the model said is unreadable",
    "question_unclear": "the question is unclear",
    "no_option_fits": "no option fits",
    "wrong_language": "it is in a language they do not know",
    "not_my_skill": "they lack the skill",
    "conflict_of_interest": "a conflict of interest",
    "personal_data": "it shows personal data",
    "harmful_content": "harmful content",
    "no_time": "no time",
    "other": "another reason",
}
WITHDRAWN: Mapping[str, str] = {
    "verdict": "the verdict was reached without it",
    "deadline": "the task's time is over",
    "exhausted": "no further answer was to be had",
    "displaced": "another holds the seat",
    "left": "their profile was deleted",
}
CLOSED: Mapping[str, str] = {
    "verdict": "the verdict is there",
    "deadline": "its time is over",
    "exhausted": "nobody is left who could be asked",
}
