"""The one pattern: load, decide, commit, publish and settle a batch of records."""
