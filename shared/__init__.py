"""What two services or more need: contracts, the one pattern, plumbing; no business verb."""
