"""Starts qa: `python -m services.qa`."""

from services.qa.app import main

main()
