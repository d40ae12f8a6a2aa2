"""What the screens are put together from; nothing here knows what a run is."""
