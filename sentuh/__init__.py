"""The command line of Sentuh and the embedded stack it can start."""
