"""What services promise each other and everyone outside, held for ever."""
