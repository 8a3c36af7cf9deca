"""Keep a weight scheme as the YAML file that `score --weights` reads."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from parkscore.findings import Finding, Place, Severity, UsageError, of_type
from parkscore.framework.loading import YAML_SUFFIXES, rename_parts
from parkscore.framework.models import WeightScheme
from parkscore.framework.yaml_writing import write_yaml
from parkscore.language import Text
from parkscore.output.files import path_of, write_text
from parkscore.tree.computed_scheme import scheme_data


def save_scheme(scheme: WeightScheme, path: str | Path) -> Path:
    """Write a weight scheme to a .yaml or .yml file, whole or not at all; read again, it is the same scheme.

    Files that it names are named as seen from the folder of its own, so that both can be moved together.

    Raises UsageError where the file has another ending or cannot be written.
    """
    _refuse_other_types(scheme)
    target = path_of(path)
    if target.suffix.lower() not in YAML_SUFFIXES:
        raise UsageError(
            Finding(
                code="unsupported_output",
                severity=Severity.ERROR,
                place=Place(str(target)),
                message=Text(
                    f"权重方案不写成“{target.suffix}”文件", f"a weight scheme is not written as '{target.suffix}'"
                ),
                hint=Text("可用的后缀：" + "、".join(YAML_SUFFIXES), "name it with one of " + ", ".join(YAML_SUFFIXES)),
            )
        )
    return write_text(target, write_yaml(scheme_data(_seen_from(target.resolve().parent, scheme))))


def _seen_from(folder: Path, scheme: WeightScheme) -> WeightScheme:
    """The scheme with the files that it names as seen from a folder; shipped names stay."""

    def seen(name: str) -> str:
        if not Path(name).is_absolute():
            return name
        try:
            return Path(os.path.relpath(name, folder)).as_posix()
        except ValueError:  # on another drive
            return name

    return rename_parts(scheme, seen)


def _refuse_other_types(scheme: Any) -> None:
    if not isinstance(scheme, WeightScheme):
        hint = Text("用 load_scheme 或 reweigh 得到方案", "take one from `load_scheme` or `reweigh`")
        raise UsageError(of_type("scheme", scheme, hint))
