"""An answer is hasty below what its content takes, or far below what is usual."""

import pytest

from services.qa.integrity.speed import MaterialAmount, is_hasty

ARTICLE, RECORDING = MaterialAmount(words=238), MaterialAmount(seconds=10)


@pytest.mark.parametrize(
    ("taken", "content", "usual", "hasty"),
    [
        (29.0, ARTICLE, None, True),
        (31.0, ARTICLE, None, False),
        (4.0, RECORDING, None, True),
        (6.0, RECORDING, None, False),
        (6.0, RECORDING, 70.0, True),
        (8.0, RECORDING, 70.0, False),
        (0.5, MaterialAmount(), None, False),
    ],
)
def test_what_is_hasty(
    taken: float, content: MaterialAmount, usual: float | None, hasty: bool
) -> None:
    assert is_hasty(taken, content, usual) is hasty
