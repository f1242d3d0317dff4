"""Processes killed and Redis taken back under load, on real Kafka; what must hold holds after."""
