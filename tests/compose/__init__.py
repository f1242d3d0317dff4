"""The compose file on a Docker engine: its own target, `make test-compose`."""
