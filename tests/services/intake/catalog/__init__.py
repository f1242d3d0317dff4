"""Tests of services/intake/catalog."""
