"""What `sentuh check` says of model outputs, beside what intake does with them."""
