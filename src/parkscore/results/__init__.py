"""How results lie in files: columns of values and scores with their ranks, and the mean scores that a file tells."""
