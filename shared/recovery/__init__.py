"""Recovery: make state whole again after a loss, and sweep for what time makes due."""
