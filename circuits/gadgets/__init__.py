"""Sub-circuits that other circuits are built from."""
