"""What `do.py` does before anything is installed: standard library only, shipped in no wheel."""
