"""Which ranks survive: other weights and methods tried by the thousand, and what can be said exactly."""
