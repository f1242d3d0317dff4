"""A service as a process: put together, started, watched, stopped."""
