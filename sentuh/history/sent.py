"""Reads the list of outputs that a publisher has sent."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from sentuh.history.output_refs import Ref
from shared.contracts.errors import SettingError


class Sent(BaseModel):
    """One output as its publisher lists it.

    `digest` is the publisher's own, of anything that tells contents apart; partition and offset are
    those of the broker's ack, None if the publisher did not keep them.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    source: str
    id: str
    digest: str | None = None
    partition: int | None = None
    offset: int | None = None

    @property
    def ref(self) -> Ref:
        """Source and id of the output."""
        return self.source, self.id


def read_sent(path: Path) -> list[Sent]:
    """Load a publisher's list of the outputs it sent; SettingError names a line that is wrong."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(
            f"--sent {path} cannot be read ({error}): name a file of JSON lines"
        ) from error
    return list(_rows(path, lines))


def _rows(path: Path, lines: Iterable[str]) -> Iterator[Sent]:
    for number, line in enumerate(lines, 1):
        try:
            yield Sent.model_validate_json(line)
        except ValidationError as error:
            raise SettingError(
                f'{path}:{number}: write {{"source": ..., "id": ...}} on each line'
            ) from error
