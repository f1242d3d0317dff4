"""The rules of the house as tests; each message says what to do."""
