"""Weight scenarios: made from a scheme, kept as files, and compared side by side."""
