"""The rights of each role on the broker, the least it needs, from the rows of the topics."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shared.contracts.topics import SERVICES, TOPICS, Names

AUDITOR, TOPICS_JOB = "auditor", "topics-job"
OUTSIDE = tuple(
    sorted({who for row in TOPICS for who in (row.owner, *row.readers)} - set(SERVICES))
)
ROLES = (*SERVICES, *(role.replace(" ", "-") for role in OUTSIDE), AUDITOR, TOPICS_JOB)
"""Every role; a role's principal has its name unless another one is given."""

JOB = ("Create", "Describe", "AlterConfigs")
"""Operations of the topics job; the right to alter configurations implies reading them."""


@dataclass(frozen=True, slots=True, order=True)
class Right:
    """One operation that a role may do; `prefixed`: on every name that begins with `name`."""

    role: str
    kind: str
    name: str
    operation: str
    prefixed: bool = False

    def __str__(self) -> str:
        """Return the right in words. Example: Read topic tasks."""
        beginning = " beginning with" if self.prefixed else ""
        return f"{self.operation} {self.kind}{beginning} {self.name}"


def rights(names: Names, roles: Iterable[str] = ROLES) -> tuple[Right, ...]:
    """Return the rights of these roles, in the order of the roles, then of the topics.

    Reading and writing imply describing. A service reads its own journal too, since its state is
    folded from it. Outsiders read in consumer groups whose names begin with their role's.
    Example: `rights(Names(), ["qa"])` has `Right("qa", "topic", "tasks", "Read")`.
    """
    return tuple(right for role in roles for right in _of(role, names))


def _of(role: str, names: Names) -> Iterator[Right]:
    for row in TOPICS:
        name = names.of(row)
        if role == TOPICS_JOB:
            yield from (Right(role, "topic", name, operation) for operation in JOB)
            continue
        readers = {reader.replace(" ", "-") for reader in row.readers}
        owns = row.owner.replace(" ", "-") == role
        if role == AUDITOR or role in readers or (owns and row.journal):
            yield Right(role, "topic", name, "Read")
        if owns:
            yield Right(role, "topic", name, "Write")
    if role in SERVICES:
        yield Right(role, "group", names.prefix + role, "Read")
    elif role not in (AUDITOR, TOPICS_JOB):
        yield Right(role, "group", names.prefix + role, "Read", prefixed=True)
