"""The C sources of the kernels and the program that compiles them."""
