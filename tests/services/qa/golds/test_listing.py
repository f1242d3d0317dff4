"""What an operator lists is taken, refused with the fix, or taken back."""

import pytest

from services.qa import keys
from services.qa.golds.kept import gold_from, listed_ids, shelf_of
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.golds import GOLDS_MAX
from shared.state.changes import put_fields
from tests.services.qa.golds.builders import Golds, a_gold, tombstone
from tests.support.builders import POOL, TASK_TYPE


def test_the_later_of_two_records_stands_in_whatever_order() -> None:
    first, second = a_gold("g-1", truth="cat"), a_gold("g-1", truth="dog", revision=2)
    for order in ((1, 2), (2, 1), (1, 2, 1, 2)):
        qa = Golds()
        for number in order:
            qa.twin.make(qa.service.folds((first, second)[number - 1], number))

        gold = gold_from("g-1", qa.twin.hash(keys.gold(POOL, TASK_TYPE, "g-1")))
        assert gold.terms is not None
        assert gold.terms.truth == "dog"
        assert gold.terms.revision == 2


def test_a_gold_that_is_taken_back_leaves_who_had_it() -> None:
    qa = Golds(a_gold("g-1"))
    qa.hear_records(tombstone("g-1"))
    shelf = qa.twin.hash(keys.golds(POOL, TASK_TYPE))

    assert shelf_of(shelf) == []
    assert listed_ids(shelf) == []
    assert gold_from("g-1", qa.twin.hash(keys.gold(POOL, TASK_TYPE, "g-1"))).terms is None


@pytest.mark.parametrize(
    "key", [b"", b"w-7", b"main animals", b"\xff a b", b"Main a g-1", b"a b c d"]
)
def test_a_tombstone_of_no_gold_means_nothing(key: bytes) -> None:
    qa = Golds(a_gold("g-1"))
    before = qa.facts()
    qa.hear_records(tombstone("g-1", key=key))

    assert qa.facts() == before


def test_a_gold_without_an_answer_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        Golds(a_gold("g-1", truth=None))
    assert refused.value.reason in (Reason.BAD_ANSWER, Reason.MISSING)


def test_there_is_room_for_so_many_and_the_fix_says_what_to_do() -> None:
    qa = Golds()
    full = {f"listed:g-{number:04}": "1 1 0 20 1" for number in range(GOLDS_MAX)}
    qa.twin.write(put_fields(keys.golds(POOL, TASK_TYPE), full))

    qa.hear(a_gold("g-0007", revision=2))
    with pytest.raises(Refused) as refused:
        qa.hear(a_gold("g-9999"))
    assert refused.value.detail.startswith("gold_id: the task type has 1000 golds")
