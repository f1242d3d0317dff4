"""Agreement on spans."""
