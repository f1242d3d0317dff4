"""How simulated people mend a model's draft: they are anchored to it, and overlook some errors.

Whoever begins from a value stays too near to it (Tversky and Kahneman, "Judgment under
uncertainty", 1974). Here: where the draft says something else than the person would have said by
themselves, right or wrong, they leave it as it is this often.
"""

from sentuh.demo.chance import chance

OVERLOOKS = 0.15
"""How often a person leaves what the draft says where they would have said something else."""


def overlooks(*about: str | int) -> bool:
    """Return whether a person leaves one place of a draft as it is; the same for the same words."""
    return chance("overlooks", *about) < OVERLOOKS
