"""What README, CONTRIBUTING and docs say is so: every command, path and link."""
