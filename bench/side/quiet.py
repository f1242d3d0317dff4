"""Keeps libraries quiet while something is measured."""

import logging

import structlog


def quieten() -> None:
    """Libraries say nothing here: what goes wrong is raised."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
