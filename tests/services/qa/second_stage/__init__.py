"""Tests of the second stage: what is asked, and how its verdict decides the first task."""
