"""Data that are larger than memory: the same steps, piece by piece, on one machine or on several."""
