"""Ethereum: the contracts' build, a local chain, typed bindings, and a client. web3 is imported where it is used."""
