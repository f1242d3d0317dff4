"""What tests share: builders, a service in memory, the Kafka and Redis they run on, processes."""
