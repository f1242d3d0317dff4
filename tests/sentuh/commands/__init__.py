"""Tests of the commands: their help, their examples, their JSON."""
