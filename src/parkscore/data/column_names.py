"""Headers of columns that are no field of a framework, and mean the same in every table."""

from typing import Final

YEAR_NAMES: Final = ("年份", "年度", "数据年度", "数据年份", "year")
NOTE_NAMES: Final = ("data_note", "数据说明")
