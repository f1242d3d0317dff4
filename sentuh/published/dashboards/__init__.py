"""Grafana's dashboards as code: written once here, provisioned as files from deploy/grafana/."""

from sentuh.published.dashboards.boards import BOARDS
from sentuh.published.dashboards.panels import Board

__all__ = ["BOARDS", "Board"]
