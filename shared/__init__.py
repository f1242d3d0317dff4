"""What two services or more need: contracts, the one pattern, plumbing; no business verb."""

VERSION = "0.1.0"
"""Of the whole project, also where it runs without having been installed."""
