"""What tests share.

builders: events with valid defaults · people: what workers and their apps send
in_memory: the one way to run a service in memory · facts: what a state holds, and its fold
world/: a simulated clock, Kafka and Redis · cluster/: the real Kafka and Redis
processes: services as processes · captured_logs: what a module logs
"""
