"""Tests of sentuh/broker."""
