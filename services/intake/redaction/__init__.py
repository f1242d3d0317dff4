"""Takes personal numbers and addresses out of an output before anything of it is published."""
