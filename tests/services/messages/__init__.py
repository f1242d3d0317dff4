"""What senders are told: every message names their field or header and the fix."""
