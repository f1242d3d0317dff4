"""Grafana's dashboards as code: written once here, provisioned as files from deploy/grafana/."""

from sentuh.dashboards.boards import BOARDS
from sentuh.dashboards.panels import Board

__all__ = ["BOARDS", "Board"]
