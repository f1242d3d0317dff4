"""The standing audit: what it remembers, what it finds, and that it reads each record once."""
