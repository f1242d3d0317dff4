"""Language tags as people write them, their one form for comparing, and which tag serves which.

People write `en-US`, `EN`, `zh-Hans` (BCP 47) and `pt_BR` (POSIX, Java). All that compares them
compares their canonical form; what is shown is what was sent.
"""

from collections.abc import Collection
from functools import lru_cache
from typing import Annotated

from shared.contracts.fixes import written_as

LanguageTag = Annotated[
    str,
    written_as(
        "^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$",
        "a language tag of letters, digits and -, as en, en-US or zh-Hans",
    ),
]
"""A language tag in any case, `-` or `_` between its parts. Names such as `lang:id`, which lanes of
an older build may have, are taken too.
"""


@lru_cache(maxsize=1024)
def canonical(tag: str) -> str:
    """Return the form in which tags are compared: `en_US` and `EN-us` are both `en-us`."""
    return tag.lower().replace("_", "-")


def serves(tags: Collection[str], wanted: str) -> bool:
    """Return whether one of a worker's languages is `wanted` or more special than it.

    All are in canonical form. It is the basic filtering of RFC 4647: whoever speaks `en-us` or
    `en-gb` serves `en`, and whoever says no more than `en` does not serve `en-us`.
    """
    if wanted in tags:
        return True
    beginning = f"{wanted}-"
    return any(tag.startswith(beginning) for tag in tags)
