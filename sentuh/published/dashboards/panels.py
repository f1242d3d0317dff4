"""Panels, rows and boards, and their form as Grafana reads it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

WIDTH = 24
HEIGHT = 7
STAT_HEIGHT = 4
SOURCE = {"type": "prometheus", "uid": "prometheus"}

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Panel:
    """One picture. `asks` are pairs of an expression and its legend; `stat`: one number of now.

    `bad_from`: from this number on a stat is red; `bad_below`: below it.
    """

    title: str
    asks: tuple[tuple[str, str], ...]
    unit: str = "short"
    stat: bool = False
    bad_from: float | None = None
    bad_below: float | None = None
    stacked: bool = False

    def as_json(self, number: int, place: Json) -> Json:
        """Return the panel as Grafana's JSON."""
        return {
            "id": number,
            "type": "stat" if self.stat else "timeseries",
            "title": self.title,
            "datasource": SOURCE,
            "gridPos": place,
            "targets": [self._target(at, *ask) for at, ask in enumerate(self.asks)],
            "fieldConfig": {"defaults": self._defaults(), "overrides": []},
            "options": self._options(),
        }

    def _target(self, at: int, expression: str, legend: str) -> Json:
        return {
            "refId": chr(ord("A") + at),
            "datasource": SOURCE,
            "expr": expression,
            "legendFormat": legend,
        }

    def _defaults(self) -> Json:
        defaults: Json = {"unit": self.unit, "min": 0}
        if self.stat:
            defaults["thresholds"] = {"mode": "absolute", "steps": self._steps()}
        else:
            mode = "normal" if self.stacked else "none"
            defaults["custom"] = {
                "fillOpacity": 20 if self.stacked else 0, "stacking": {"mode": mode, "group": "A"},
            }  # fmt: skip
        return defaults

    def _steps(self) -> list[Json]:
        if self.bad_below is not None:
            return [{"color": "red", "value": None}, {"color": "green", "value": self.bad_below}]
        if self.bad_from is not None:
            return [{"color": "green", "value": None}, {"color": "red", "value": self.bad_from}]
        return [{"color": "text", "value": None}]

    def _options(self) -> Json:
        if self.stat:
            return {"colorMode": "value", "reduceOptions": {"calcs": ["lastNotNull"]}}
        return {"legend": {"displayMode": "list", "placement": "bottom"}}


@dataclass(frozen=True, slots=True)
class PanelRow:
    """Panels side by side under one heading."""

    title: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """One dashboard: its file's name, its title, its rows."""

    name: str
    title: str
    rows: tuple[PanelRow, ...]

    def as_text(self) -> str:
        """Return the file that Grafana is provisioned with."""
        whole = {
            "uid": f"sentuh-{self.name}",
            "title": self.title,
            "tags": ["sentuh"],
            "timezone": "browser",
            "schemaVersion": 39,
            "refresh": "30s",
            "time": {"from": "now-1h", "to": "now"},
            "links": [{"type": "dashboards", "tags": ["sentuh"], "title": "Sentuh"}],
            "panels": list(self._panels()),
        }
        return json.dumps(whole, indent=1) + "\n"

    def _panels(self) -> Iterator[Json]:
        top, number = 0, 0
        for row in self.rows:
            number += 1
            place = {"x": 0, "y": top, "w": WIDTH, "h": 1}
            yield {"id": number, "type": "row", "title": row.title, "gridPos": place, "panels": []}
            top += 1
            width = WIDTH // len(row.panels)
            height = STAT_HEIGHT if all(panel.stat for panel in row.panels) else HEIGHT
            for at, panel in enumerate(row.panels):
                number += 1
                spot = {"x": at * width, "y": top, "w": width, "h": height}
                yield panel.as_json(number, spot)
            top += height
