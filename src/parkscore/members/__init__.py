"""From the returns of enterprises to their zone: sums, who came and left, and the zones' evaluation."""
