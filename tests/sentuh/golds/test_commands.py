"""The commands over a broker: golds are published, listed, suspended, resumed and taken back."""

import json
from pathlib import Path

import pytest

from sentuh.__main__ import main
from tests.sentuh.golds.catalogs import GOLDS, a_catalog
from tests.support.cluster.choice import Kafka


def test_golds_are_published_listed_and_taken_back(
    kafka: Kafka, prefix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--kafka", kafka.bootstrap, "--prefix", prefix]
    catalog = str(a_catalog(tmp_path))

    def said(*words: str, code: int = 0) -> str:
        assert main(["golds", *words, *where]) == code
        printed = capsys.readouterr()
        return printed.out + printed.err

    def states() -> dict[str, str]:
        rows = json.loads(said("list", "--json"))
        return {row["gold_id"]: row["state"] for row in rows}

    assert "golds is not there" in said("list", code=2)
    assert main(["topics", "apply", *where]) == 0
    capsys.readouterr()
    assert "to publish: 2; listed as they are: 0" in said("publish", catalog, "--dry-run")
    assert states() == {}
    assert "published: 2; listed as they are: 0" in said("publish", catalog)
    assert "published: 0; listed as they are: 2" in said("publish", catalog)
    assert states() == {"mood-1": "asked", "mood-2": "asked"}

    said("suspend", "mood-2", "--reason", "two are right")
    assert "two are right" in said("list")
    assert states() == {"mood-1": "asked", "mood-2": "suspended"}
    (tmp_path / "mood.golds.yaml").write_text(GOLDS.replace("lovely", "fine"))
    assert "published: 1; listed as they are: 1" in said("publish", catalog)
    said("resume", "mood-2")
    assert "taken back: 1" in said("remove", "mood-1", "--type", "mood")
    assert states() == {"mood-2": "asked"}
    assert "no gold of this id" in said("remove", "mood-1", code=2)
