"""What Sentuh sets up on a broker and in Redis: topics, rights, users, and emptied state."""
