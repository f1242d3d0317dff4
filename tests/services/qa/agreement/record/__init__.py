"""Agreement on records."""
