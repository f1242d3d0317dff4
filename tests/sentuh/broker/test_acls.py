"""The rights as a script: one line per principal, kind and operation, quoted for a shell."""

import shlex

import pytest

from sentuh.__main__ import main
from sentuh.broker.acls import principal_of, script
from shared.contracts.errors import SettingError
from shared.contracts.rights import rights
from shared.contracts.topics import Names


def test_the_script_names_each_topic_with_its_operation() -> None:
    lines = list(
        script(rights(Names("p-"), ["payout"]), servers="k:1", pattern="User:CN={role}, x")
    )

    read = next(line for line in lines if "--operation Read" in line and "--topic" in line)
    assert read.endswith("--topic p-assignments --topic p-verdicts --topic p-earnings")
    assert "User:CN=payout, x" in shlex.split(read)


def test_outsiders_groups_are_those_whose_names_begin_with_their_role() -> None:
    lines = list(script(rights(Names(), ["finance"]), servers="k:1"))

    assert any("--resource-pattern-type prefixed --group finance" in line for line in lines)


@pytest.mark.parametrize("pattern", ["User:router", "{role}"])
def test_a_pattern_that_cannot_name_a_principal_is_refused(pattern: str) -> None:
    with pytest.raises(SettingError, match="--principal"):
        principal_of("router", pattern)


def test_the_table_needs_no_broker(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["topics", "acls", "--role", "finance"]) == 0
    assert "earnings" in capsys.readouterr().out
