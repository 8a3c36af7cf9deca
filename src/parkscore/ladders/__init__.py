"""Ladders of titles, and finders: who stands where, what is missing to the next rung, who meets a condition."""
