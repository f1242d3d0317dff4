"""The Kafka and the Redis that tests run on: named, in containers, or started on this machine."""

from tests.support.cluster.choice import Kafka, Redis, choose_kafka, choose_redis

__all__ = ["Kafka", "Redis", "choose_kafka", "choose_redis"]
