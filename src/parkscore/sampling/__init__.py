"""Synthetic tables, labelled as such, to try things on before the real data are there."""

from parkscore.sampling.headings import LAST_YEAR, NOTE_HEADER, YEAR_HEADER, header_of
from parkscore.sampling.tables import sample

__all__ = ["LAST_YEAR", "NOTE_HEADER", "YEAR_HEADER", "header_of", "sample"]
