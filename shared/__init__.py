"""Code that services share: contracts, the pattern, and plumbing; it knows no service."""

VERSION = "0.1.0"
"""Of the whole project, also where it runs without having been installed."""
