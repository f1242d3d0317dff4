"""State: guards and writes, the Redis function that commits them, and its twin in memory."""
