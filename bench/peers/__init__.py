"""The router's core job beside a stream processor that does it: `python -m bench.peers --help`."""
