"""How the values of a field of a synthetic table come about: as a ratio, a part, a number of events and so on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from parkscore.methods.domain import FloatArray

SPREAD_BETWEEN_YEARS = 0.04


@dataclass(frozen=True, slots=True)
class Noise:
    """The standard normal numbers behind one column: what sets units apart, (units,), and years, (years, units)."""

    stream: np.random.Generator
    units: FloatArray
    years: FloatArray

    @property
    def changes(self) -> FloatArray:
        """A factor around 1 for each cell."""
        return np.exp(SPREAD_BETWEEN_YEARS * self.years)


@dataclass(frozen=True, slots=True)
class Ratio:
    """A quantity that goes with another field; without one, a quantity around a fixed level."""

    per: str | None
    ratio: float
    spread: float = 0.35
    least: float = 0.0

    def draw(self, base: FloatArray, noise: Noise) -> FloatArray:
        """The values, shaped as `base`: (years, units)."""
        drawn = base * self.ratio * np.exp(self.spread * noise.units - self.spread**2 / 2) * noise.changes
        return np.asarray(np.maximum(drawn, self.least), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of another field that never exceeds `most` of it."""

    per: str
    ratio: float
    most: float = 1.0

    def draw(self, base: FloatArray, noise: Noise) -> FloatArray:
        """The values, shaped as `base`: (years, units)."""
        odds = self.ratio / (self.most - self.ratio) * np.exp(0.5 * noise.units) * noise.changes
        return np.asarray(base * self.most * odds / (1 + odds), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class RoundedUp(Part):
    """A part in whole numbers of which there is at least one wherever there is a whole."""

    def draw(self, base: FloatArray, noise: Noise) -> FloatArray:
        """The values, shaped as `base`: (years, units)."""
        return np.asarray(np.ceil(Part.draw(self, base, noise)), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Events:
    """A number of events that happen independently, at a rate that goes with another field."""

    per: str
    ratio: float

    def draw(self, base: FloatArray, noise: Noise) -> FloatArray:
        """The values, shaped as `base`: (years, units)."""
        return noise.stream.poisson(base * self.ratio * np.exp(0.4 * noise.units - 0.08)).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Level:
    """A figure that does not grow with the size of a unit, such as a share or an expert's score."""

    per: ClassVar[str | None] = None
    mean: float
    deviation: float

    def draw(self, base: FloatArray, noise: Noise) -> FloatArray:
        """The values, shaped as `base`: (years, units)."""
        return base * (self.mean + self.deviation * (noise.units + 0.2 * noise.years))


@dataclass(frozen=True, slots=True)
class Margin:
    """What is left of another field, or lacking: a profit or a loss."""

    per: str
    mean: float
    deviation: float

    def draw(self, base: FloatArray, noise: Noise) -> FloatArray:
        """The values, shaped as `base`: (years, units)."""
        return base * (self.mean + self.deviation * (noise.units + 0.3 * noise.years))


@dataclass(frozen=True, slots=True)
class Firms:
    """The size of enterprises: many small and few large ones, each with a growth of its own from year to year."""

    per: ClassVar[str | None] = None
    middle: float
    spread: float
    growth: float = 0.1

    def draw(self, base: FloatArray, noise: Noise) -> FloatArray:
        """The values, shaped as `base`: (years, units)."""
        own = self.growth + 0.1 * noise.stream.standard_normal(base.shape[1])
        steps = np.cumsum(own + 0.15 * noise.years, axis=0)
        return base * self.middle * np.exp(self.spread * noise.units + steps)


@dataclass(frozen=True, slots=True)
class Chance:
    """Yes or no, as 1 or 0; a unit that has a thing one year has it every year."""

    per: ClassVar[str | None] = None
    share: float

    def draw(self, base: FloatArray, noise: Noise) -> FloatArray:
        """The values, shaped as `base`: (years, units)."""
        return base * (noise.stream.random(base.shape[1]) < self.share)


@dataclass(frozen=True, slots=True)
class Founded:
    """A calendar year, the same every year, before the first year of the data."""

    per: ClassVar[str | None] = None
    before: int
    ages: float

    def draw(self, base: FloatArray, noise: Noise) -> FloatArray:
        """The values, shaped as `base`: (years, units)."""
        ages = noise.stream.gamma(1.5, self.ages / 1.5, base.shape[1])
        return base * np.asarray(np.floor(self.before - ages), dtype=np.float64)


Profile = Ratio | Part | Events | Level | Margin | Firms | Chance | Founded
