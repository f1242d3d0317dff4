"""What the throwaway kind adds to the room `agreement`."""
