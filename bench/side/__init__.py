"""What measures one build from inside: it runs under that build's interpreter, on its own code."""
