"""Kafka as the services use it: consume, produce, read a topic back, and follow progress."""
