"""The command line `zkclear`."""
