"""Tests of the formats of Hugging Face pipelines."""
