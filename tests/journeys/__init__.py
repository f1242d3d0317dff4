"""From model outputs to earnings and back, through a real broker and the services as processes."""
