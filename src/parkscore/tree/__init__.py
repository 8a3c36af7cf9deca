"""The labelled steps over the tree: score, weigh, aggregate, gate and rank."""
