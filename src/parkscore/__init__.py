"""Score and rank high-tech zones and enterprises under a framework that can be defended.

Everything public is found here; nothing is imported before it is asked for.

>>> import parkscore as ps
>>> ps.load_framework("zone-2021").unit.key
'zone'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from parkscore.version import VERSION as __version__  # noqa: N811  # the name that packages give it

if TYPE_CHECKING:
    from parkscore.comparison.comparing import scenarios as scenarios
    from parkscore.comparison.reweighing import reweigh as reweigh
    from parkscore.comparison.saving import save_scheme as save_scheme
    from parkscore.comparison.side_by_side import Scenarios as Scenarios
    from parkscore.data.masking import Mask as Mask
    from parkscore.diagnosis.diagnosing import Diagnosis as Diagnosis
    from parkscore.diagnosis.diagnosing import diagnose as diagnose
    from parkscore.engine.passes import score_dataset as score_dataset
    from parkscore.engine.result import DatasetResult as DatasetResult
    from parkscore.evaluating import Prepared as Prepared
    from parkscore.evaluating import evaluate as evaluate
    from parkscore.evaluating import prepare as prepare
    from parkscore.evaluation import Evaluation as Evaluation
    from parkscore.explanation.explained import Explanation as Explanation
    from parkscore.explanation.explaining import explain as explain
    from parkscore.findings import DataError as DataError
    from parkscore.findings import Finding as Finding
    from parkscore.findings import FrameworkError as FrameworkError
    from parkscore.findings import ParkscoreError as ParkscoreError
    from parkscore.findings import UsageError as UsageError
    from parkscore.framework.loading import load_framework as load_framework
    from parkscore.framework.loading import load_scheme as load_scheme
    from parkscore.framework.models import Framework as Framework
    from parkscore.framework.models import WeightScheme as WeightScheme
    from parkscore.ladders.climbed import Climb as Climb
    from parkscore.ladders.climbing import climb as climb
    from parkscore.ladders.finding import find as find
    from parkscore.ladders.found import Found as Found
    from parkscore.ladders.models import Ladder as Ladder
    from parkscore.members.from_returns import from_returns as from_returns
    from parkscore.members.result import Members as Members
    from parkscore.sampling import sample as sample
    from parkscore.sampling.streaming import sample_file as sample_file

_HOME = {
    "Climb": "parkscore.ladders.climbed",
    "DataError": "parkscore.findings",
    "DatasetResult": "parkscore.engine.result",
    "Diagnosis": "parkscore.diagnosis.diagnosing",
    "Evaluation": "parkscore.evaluation",
    "Explanation": "parkscore.explanation.explained",
    "Finding": "parkscore.findings",
    "Found": "parkscore.ladders.found",
    "Framework": "parkscore.framework.models",
    "FrameworkError": "parkscore.findings",
    "Ladder": "parkscore.ladders.models",
    "Mask": "parkscore.data.masking",
    "ParkscoreError": "parkscore.findings",
    "Members": "parkscore.members.result",
    "Prepared": "parkscore.evaluating",
    "Scenarios": "parkscore.comparison.side_by_side",
    "UsageError": "parkscore.findings",
    "WeightScheme": "parkscore.framework.models",
    "climb": "parkscore.ladders.climbing",
    "diagnose": "parkscore.diagnosis.diagnosing",
    "evaluate": "parkscore.evaluating",
    "explain": "parkscore.explanation.explaining",
    "find": "parkscore.ladders.finding",
    "from_returns": "parkscore.members.from_returns",
    "load_framework": "parkscore.framework.loading",
    "load_scheme": "parkscore.framework.loading",
    "prepare": "parkscore.evaluating",
    "reweigh": "parkscore.comparison.reweighing",
    "sample": "parkscore.sampling",
    "sample_file": "parkscore.sampling.streaming",
    "save_scheme": "parkscore.comparison.saving",
    "score_dataset": "parkscore.engine.passes",
    "scenarios": "parkscore.comparison.comparing",
}

__all__ = ["__version__", *sorted(_HOME)]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    if name not in _HOME:
        raise AttributeError(f"module 'parkscore' has no attribute {name!r}")

    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names."""
    return sorted(__all__)
