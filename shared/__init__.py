"""What two services or more need: contracts, the one pattern, plumbing. No business verb lives here."""
