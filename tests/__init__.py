"""The tests of Sentuh; they mirror services/, shared/ and sentuh/ file for file."""
