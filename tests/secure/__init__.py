"""Kafka and Redis as operators have them: TLS, users, rights; and what is said where that fails."""
