"""The example that `zkclear node init` writes."""

from __future__ import annotations

from typing import Final

EXAMPLE: Final = """\
# Oracles of a node of zkclear: `oracles = "oracles.toml"` in the node's settings. Paths are relative to this file.
# `zkclear oracle read --config oracles.toml` asks all sources once and shows what they say. Who the committee is, and
# how many of it must sign, says the contract on L1.
keys = [                               # members that run here: keystores, or files of 64 hexadecimal digits
    # "oracle-1.json",
    # "oracle-2.json",
]
limit_s = 3.0                          # how long a source has for an answer

[rules]
least = 2                              # so many sources must agree on a price, and more than half of those that answer
least_volatilities = 2                 # ... on a volatility, and more than half of those that say any
age_s = 30                             # older prices do not count
ahead_s = 2                            # nor such from the future
index_spread_ppm = 10_000              # prices further than this from the middle one do not count: 1 %
volatility_spread_ppm = 300_000        # volatilities: 30 % of the lower one

[refresh]
every_s = 30                           # a new table at least so often
move_ppm = 2_500                       # and when a price has moved by 0.25 %

[[underlyings]]
name = "BTC"                           # as in the node's settings
number = 1

[underlyings.scan]                     # how far the scenarios move: shares of the price and of the volatility
price = 0.16
volatility_up = 0.45
volatility_down = 0.30

[underlyings.listing]                  # calls and puts around the price, expiring at 08:00 UTC
step_e2 = 200_000                      # between strikes, in 0.01 USD
strikes = 7
days = 2                               # of the next two days
fridays = 4                            # and the next four Fridays
shortest_s = 3_600                     # not in the last hour before

[[underlyings.sources]]                # index, forwards, volatilities, delivery prices
kind = "deribit"
currency = "BTC"
index = "btc_usd"
prefix = "BTC"

[[underlyings.sources]]                # index, forwards, volatilities
kind = "okx-options"
family = "BTC-USD"

[[underlyings.sources]]                # prices alone: coinbase, kraken, bitstamp or okx
kind = "exchange"
exchange = "coinbase"
market = "BTC-USD"

[[underlyings.sources]]
kind = "exchange"
exchange = "kraken"
market = "XXBTZUSD"

[[underlyings.sources]]
kind = "exchange"
exchange = "bitstamp"
market = "btcusd"

# [[underlyings.sources]]              # any other, by where the price stands in its answer
# kind = "ticker"
# name = "another"
# url = "https://api.example.com/ticker/BTC-USD"
# price = ["data", 0, "last"]
# time = ["data", 0, "time"]           # left out: the date of the answer
# time_unit = "ms"                     # s, ms, us or iso
# [underlyings.sources.candles]        # prices of past minutes; without them it has no part in settling
# url = "https://api.example.com/candles/BTC-USD?from={start_s}&to={end_s}"
# rows = ["data"]
# time = [0]                           # the minute's begin, in each row
# close = [4]                          # the minute's last price
"""
