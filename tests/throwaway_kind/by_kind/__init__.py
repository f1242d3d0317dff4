"""What the throwaway kind adds to the room `by_kind`."""
