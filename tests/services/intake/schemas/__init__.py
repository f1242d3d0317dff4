"""Shows what becomes of records that are written by a schema of a registry."""
