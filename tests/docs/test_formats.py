"""The documentation's table of formats is the one that the code gives."""

import pytest

from services.intake.formats import FORMATS, choose
from tests.docs.formats import PAGE, with_table


def test_table_of_formats_is_that_of_the_code() -> None:
    page = PAGE.read_text()
    assert with_table(page) == page, "write it anew: python -m tests.docs.formats"


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_each_format_says_all_of_itself_and_its_example_is_in_it(name: str) -> None:
    known = FORMATS[name]
    assert all([known.programs, known.confidence, known.without])
    assert choose(name, known.example) is known
