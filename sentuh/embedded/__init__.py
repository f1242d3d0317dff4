"""The embedded stack: Kafka, Valkey and services as child processes on loopback ports."""
