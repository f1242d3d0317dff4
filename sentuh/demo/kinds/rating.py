"""Forty replies to rate for politeness, from 1 to 5, and what a model gave them.

A reply has up to four polite parts, and each is worth one point above 1: so the truth is known.
"""

from sentuh.demo.chance import chance, pick
from sentuh.demo.kinds.terms import Material, Measured, an_output
from sentuh.demo.material import ModelOutput
from shared.contracts.question import Answer

TASK_TYPE = "politeness"
LOW, HIGH = 1, 5
GREETINGS = ("Good morning!", "Dear customer,", "Hello, and welcome back.")
REGRETS = ("I am sorry for the trouble.", "We regret the delay very much.")
BODIES = ("Your parcel comes on Friday.", "The refund takes five days.", "The shop opens at nine.")
THANKS = ("Thank you for your patience.", "Many thanks for telling us.")
CLOSINGS = ("Have a pleasant day.", "Please ask if anything is unclear.")
OFF_BY = (-2, -1, -1, 0, 0, 0, 1, 1, 2)
"""What the model is off by, each as likely as the others."""


def outputs(seed: int, count: int) -> list[ModelOutput]:
    """Return so many replies with the model's ratings."""
    return [_output(seed, at) for at in range(count)]


def _output(seed: int, at: int) -> ModelOutput:
    about = ("politeness", seed, at)
    parts = [
        pick(among, "part", *about, place) if chance("polite", *about, place) < 0.5 else ""
        for place, among in enumerate((GREETINGS, REGRETS, THANKS, CLOSINGS))
    ]
    truth = LOW + sum(map(bool, parts))
    body = pick(BODIES, "body", *about)
    reply = " ".join(part for part in (*parts[:2], body, *parts[2:]) if part)
    off = OFF_BY[int(chance("off", *about) * len(OFF_BY))]
    rated = min(HIGH, max(LOW, truth + off))
    made = an_output(TASK_TYPE, f"polite-{seed}-{at:02}", {"text": reply, "answer": rated})
    return made(truth, rated)


def points_off(answer: Answer, truth: Answer) -> Measured:
    """Return by how many points an answer is off; by the whole scale where there is none."""
    if not isinstance(answer, (int, float)) or not isinstance(truth, (int, float)):
        return Measured(HIGH - LOW, 1)
    return Measured(abs(answer - truth), 1)


MATERIAL = Material(outputs, points_off, "points off", as_share=False)
