"""The JSON Schema of AsyncAPI 3 as its makers publish it, fetched once through npm and kept."""

import json
import os
import shutil
import subprocess
import tarfile
from functools import cache
from pathlib import Path

from shared.contracts.strictjson import JsonObject

PACKAGE = "@asyncapi/specs"
VERSION = "6.11.1"
SCHEMA = "package/schemas/3.0.0.json"
FETCH_SECONDS = 120


@cache
def specification() -> JsonObject | None:
    """The schema; None where there is no npm to fetch it with."""
    kept = _cache() / f"asyncapi-specs-{VERSION}.tgz"
    if not kept.exists():
        if shutil.which("npm") is None:
            return None
        kept.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["npm", "pack", f"{PACKAGE}@{VERSION}", "--pack-destination", kept.parent],
            check=True, capture_output=True, timeout=FETCH_SECONDS,
        )  # fmt: skip
    with tarfile.open(kept) as packed:
        found = packed.extractfile(SCHEMA)
        assert found is not None
        schema: JsonObject = json.load(found)
    return schema


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sentuh"
