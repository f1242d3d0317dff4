"""Connections to Kafka and Redis: settings, access rights, and one-line errors with the fix."""
