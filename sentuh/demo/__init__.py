"""The whole flow on this machine: real parts, four services, a model, a workforce, a report."""
