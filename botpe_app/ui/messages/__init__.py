"""Messages as threads and the simulator's phones show them."""
