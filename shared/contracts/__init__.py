"""Contracts: topics, events, records and errors, as every service and every client knows them."""
