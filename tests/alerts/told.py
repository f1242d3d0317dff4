"""Who says that an alert fires: Prometheus, and Alertmanager, to whom it was sent."""

import asyncio
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

POLL_SECONDS = 1.0
ANSWER_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert by its name, and by those of its labels that matter."""

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        said = ", ".join(self.labels.values())
        return f"{self.name}({said})" if said else self.name

    def is_one_of(self, firing: list[Mapping[str, str]]) -> bool:
        """Whether it is among alerts with these labels."""
        wanted = {"alertname": self.name, **self.labels}.items()
        return any(wanted <= labels.items() for labels in firing)


@dataclass(frozen=True, slots=True)
class AlertStates:
    """Both of them, by where they answer."""

    prometheus: str
    alertmanager: str

    async def until(self, alert: Alert, *, fires: bool, limit: float) -> float:
        """Seconds until both say so; fails past the limit, naming who still does not."""
        started = time.monotonic()
        while True:
            said = await self._fires(alert)
            if all(one == fires for one in said.values()):
                return time.monotonic() - started
            if time.monotonic() - started > limit:
                verb = "fires" if fires else "is over"
                raise AssertionError(f"{alert} after {limit:.0f} s: {said}, not yet that it {verb}")
            await asyncio.sleep(POLL_SECONDS)

    async def _fires(self, alert: Alert) -> dict[str, bool]:
        rules = await _asked(f"{self.prometheus}/api/v1/alerts", _of_prometheus)
        sent = await _asked(f"{self.alertmanager}/api/v2/alerts", _of_alertmanager)
        return {"Prometheus": alert.is_one_of(rules), "Alertmanager": alert.is_one_of(sent)}


def _of_prometheus(answer: Any) -> list[Mapping[str, str]]:
    return [one["labels"] for one in answer["data"]["alerts"] if one["state"] == "firing"]


def _of_alertmanager(answer: Any) -> list[Mapping[str, str]]:
    return [one["labels"] for one in answer]


async def _asked(
    url: str, read: Callable[[Any], list[Mapping[str, str]]]
) -> list[Mapping[str, str]]:
    def ask() -> Any:
        with urllib.request.urlopen(url, timeout=ANSWER_SECONDS) as answer:  # noqa: S310 - ours
            return json.load(answer)

    for _ in range(3):
        try:
            return read(await asyncio.to_thread(ask))
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            await asyncio.sleep(POLL_SECONDS)
    raise AssertionError(f"{url} does not answer")
