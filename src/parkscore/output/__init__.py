"""Write results to files: whole or not at all, and safe to open in Excel."""
