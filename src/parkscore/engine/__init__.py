"""Data that are larger than memory: the same steps, piece by piece."""
