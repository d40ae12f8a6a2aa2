"""The methods, one function each."""
