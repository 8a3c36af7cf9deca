"""Show how a framework behaves on its data: gaps, spread, correlations, and what each part really weighs."""
