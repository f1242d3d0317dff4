"""Rights follow from the rows, and the rows from what each service does: no more, no less."""

from importlib import import_module

import pytest

from shared.contracts.card import Card
from shared.contracts.rights import ROLES, Right, rights
from shared.contracts.topics import DEAD_LETTERS, SERVICES, Names

NAMES = Names("p-")


def of(role: str, operation: str) -> set[str]:
    """Topics a role may read or write, without the prefix."""
    found = rights(NAMES, [role])
    topics = [one for one in found if (one.kind, one.operation) == ("topic", operation)]
    return {one.name.removeprefix("p-") for one in topics}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_may_do_what_its_card_says_and_nothing_else(service: str) -> None:
    card: Card = import_module(f"services.{service}").CARD
    timers = () if card.timers is None else (card.timers,)

    assert of(service, "Read") == {
        row.name for row in (*card.consumes, *card.also_folds, *card.journals)
    }
    assert of(service, "Write") == {
        row.name for row in (*card.journals, *card.tells, *timers, DEAD_LETTERS[service])
    }
    assert Right(service, "group", f"p-{service}", "Read") in rights(NAMES, [service])


def test_nobody_but_payout_writes_money() -> None:
    writers = {role for role in ROLES if "earnings" in of(role, "Write")}

    assert writers == {"payout"}


def test_upstream_learns_what_became_of_its_outputs_and_of_no_money() -> None:
    assert of("upstream", "Read") == {"tasks", "verdicts", "intake.dead-letters"}
    assert of("upstream", "Write") == {"model-outputs"}


def test_the_auditor_reads_all_and_writes_nothing() -> None:
    assert len(of("auditor", "Read")) == len(of("topics-job", "Create"))
    assert not of("auditor", "Write")


def test_the_topics_job_sees_no_record() -> None:
    assert not of("topics-job", "Read") | of("topics-job", "Write")
