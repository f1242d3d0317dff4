"""Alerts in the running compose stack: real faults, waited for until told and until over."""
