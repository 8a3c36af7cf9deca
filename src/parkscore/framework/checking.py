"""Check what a framework or a weight scheme means: all mistakes at once, each where it stands."""

from __future__ import annotations

from parkscore.findings import Finding, worst_first
from parkscore.framework.check_cases import check_cases
from parkscore.framework.check_categories import check_categories
from parkscore.framework.check_classes import check_classes
from parkscore.framework.check_fields import check_fields
from parkscore.framework.check_formulas import check_formulas
from parkscore.framework.check_gates import check_gates
from parkscore.framework.check_given import check_given
from parkscore.framework.check_grades import check_grades
from parkscore.framework.check_lists import check_lists
from parkscore.framework.check_members import check_members
from parkscore.framework.check_methods import check_methods
from parkscore.framework.check_names import check_names
from parkscore.framework.check_panel_weights import check_framework_panel_weights, check_scheme_panel_weights
from parkscore.framework.check_robustness import check_robustness
from parkscore.framework.check_tables import check_tables
from parkscore.framework.check_targets import check_targets
from parkscore.framework.check_tree import check_tree
from parkscore.framework.check_weight_sums import check_framework_sums, check_scheme_sums
from parkscore.framework.check_weights import check_framework_weights, check_scheme_weights
from parkscore.framework.document import Document
from parkscore.framework.kept import kept
from parkscore.framework.models import Framework, WeightScheme
from parkscore.framework.reporting import Reporter
from parkscore.framework.setting_aside import SetAside
from parkscore.framework.slots import check_slots
from parkscore.framework.taken_ids import check_taken_ids

_FRAMEWORK_CHECKS = (
    check_tree,
    check_slots,
    check_fields,
    check_tables,
    check_taken_ids,
    check_formulas,
    check_names,
    check_categories,
    check_cases,
    check_given,
    check_classes,
    check_gates,
    check_grades,
    check_lists,
    check_targets,
    check_members,
    check_methods,
    check_framework_weights,
    check_framework_sums,
    check_framework_panel_weights,
    check_robustness,
)


def check_framework(
    framework: Framework, document: Document | None = None, aside: SetAside | None = None
) -> list[Finding]:
    """Every mistake and oddity in a framework, worst first; places are known where its document is given."""
    if document is None and aside is None:
        return list(_without_places(framework))
    return _checked(framework, Reporter(document, aside))


@kept
def _without_places(framework: Framework) -> tuple[Finding, ...]:
    return tuple(_checked(framework, Reporter(None, None)))


def _checked(framework: Framework, reporter: Reporter) -> list[Finding]:
    for check in _FRAMEWORK_CHECKS:
        check(framework, reporter)
    return worst_first(reporter.findings)


def check_scheme(
    scheme: WeightScheme, framework: Framework, document: Document | None = None, aside: SetAside | None = None
) -> list[Finding]:
    """Every mistake in a weight scheme for a framework, worst first."""
    reporter = Reporter(document, aside)
    check_scheme_weights(scheme, framework, reporter)
    check_scheme_sums(scheme, framework, reporter)
    check_scheme_panel_weights(scheme, framework, reporter)
    return worst_first(reporter.findings)
