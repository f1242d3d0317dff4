"""What is pure in the measurements: what is given to services, and what becomes of the figures."""
