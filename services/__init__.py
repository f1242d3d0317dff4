"""The four services; they meet on Kafka and nowhere else."""
