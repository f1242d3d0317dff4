"""What `make acls` leaves behind: nothing, least of all private keys."""

import tempfile
from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.secure import matrix
from tests.secure.authority import Authority


def test_no_key_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[Path] = []

    def broker(home: Path, authority: Authority) -> nullcontext[None]:
        authority.signs("somebody")
        held.extend(home.parent.rglob("*.key"))
        return nullcontext()

    async def nothing_tried(*_: object) -> matrix.Matrix:
        return matrix.Matrix({}, frozenset())

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(matrix, "SecureKafka", broker)
    monkeypatch.setattr(matrix, "matrix", nothing_tried)

    assert matrix.main() == 0
    assert held
    assert list(tmp_path.iterdir()) == []
