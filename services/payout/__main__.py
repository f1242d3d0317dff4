"""Starts payout: `python -m services.payout`."""

from services.payout.app import main

main()
