"""From what the record says to what is seen: pure functions, without widgets."""
