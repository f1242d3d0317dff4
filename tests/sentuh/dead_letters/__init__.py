"""Dead letters listed and sent again."""
