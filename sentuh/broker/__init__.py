"""Setting up a broker and Redis: connections, topics, rights, users, and emptying state."""
