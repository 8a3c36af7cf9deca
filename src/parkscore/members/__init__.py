"""Enterprises and their zones: sums of returns, who came and left, contributions, what zones would be otherwise."""
