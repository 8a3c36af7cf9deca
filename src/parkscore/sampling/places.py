"""Where enterprises are: zones of very different sizes, and the parks that each zone consists of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parkscore.framework.models import DataField, Framework

Codes = NDArray[np.int32]

PARTS = 5
"""The most parks of one zone."""

_ZONE_KEYS = ("zone", "park")
_PART_KEYS = ("part", "sub_park", "subpark")


@dataclass(frozen=True, slots=True)
class Places:
    """The text fields that say where an enterprise is, if there are any, and the number of zones."""

    zone: str | None
    part: str | None
    zones: int
    names: tuple[str, ...]

    def part_names(self) -> list[str]:
        """Of every zone in turn, its parks."""
        return [f"{name}第{number}分园" for name in self.names for number in range(1, PARTS + 1)]

    def draw(self, stream: np.random.Generator, count: int) -> Codes:
        """The zone of each enterprise: the second has half as many as the first, the third a third, and so on."""
        sizes = 1.0 / np.arange(1, self.zones + 1)
        ends = np.cumsum(sizes / sizes.sum())
        return np.minimum(np.searchsorted(ends, stream.random(count), side="right"), self.zones - 1).astype(np.int32)

    def draw_parts(self, stream: np.random.Generator, zones: Codes) -> Codes:
        """The park of each enterprise, counted over all zones; zones have one to five of them."""
        parks = zones % PARTS + 1
        return (zones * PARTS + np.floor(stream.random(len(zones)) ** 1.5 * parks)).astype(np.int32)


def places_of(framework: Framework, zones: int) -> Places:
    """Find the fields by id or name: 高新区 or park, and 分园; else the first text that units are ranked within."""
    texts = {key: field for key, field in framework.fields.items() if field.is_text and field.formula is None}
    part = next((key for key, field in texts.items() if key in _PART_KEYS or "分园" in _name(field)), None)
    named = [key for key, field in texts.items() if key in _ZONE_KEYS or _is_zone(_name(field))]
    ranked = [key for key in framework.rank_within if key in texts]
    zone = next((key for key in [*named, *ranked] if key != part), None)
    prefix = "合成高新区" if zone is not None and "高新区" in _name(texts[zone]) else "合成园区"
    width = max(3, len(str(zones)))
    return Places(zone, part, zones, tuple(f"{prefix}{number:0{width}d}" for number in range(1, zones + 1)))


def _is_zone(name: str) -> bool:
    return "高新区" in name or name == "园区"


def _name(field: DataField) -> str:
    return field.zh or field.en or ""
