"""Weights that somebody has drawn, as a table: a column for each node, a row for each draw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from parkscore.findings import Finding, Place, UsageError, of_type
from parkscore.framework.models import Framework
from parkscore.language import Text, plural, system_reason
from parkscore.methods.domain import FloatArray
from parkscore.robustness.said import mistake, no_such_node
from parkscore.robustness.weights import TableOfWeights

_HINT: Final = Text("每个节点一列，每次抽样一行", "a column for each node, and a row for each draw")


def table_of_weights(framework: Framework, table: Any, draws: int | None = None) -> TableOfWeights:
    """The weights that somebody has drawn; draws: how many there should be.

    Raises UsageError with everything that is wrong with the table, the file of it where it is one.
    """
    frame = frame_of(table)
    if frame.empty:
        raise UsageError(mistake("wrong_table", Text("权重表是空的", "the table is empty"), _HINT))
    names = [str(name) for name in frame.columns]
    known = {node.id: node for node in framework.walk()}
    headless = [_is_no_heading(name) for name in frame.columns]
    wrong = [_headless(place) for place, none in enumerate(headless, start=1) if none]
    headed = [name for name, none in zip(names, headless, strict=True) if not none]
    wrong += [no_such_node(name, list(known)) for name in headed if name not in known]
    wrong += [_twice(name) for name, count in Counter(headed).items() if count > 1]
    if draws is not None and len(frame) != draws:
        wrong.append(
            mistake(
                "wrong_length",
                Text(
                    f"权重表有 {len(frame)} 行，抽样 {draws} 次",
                    f"the table has {plural(len(frame), 'row')} for {plural(draws, 'draw')}",
                ),
                Text(f"draws 写 {len(frame)}", f"ask for {plural(len(frame), 'draw')}"),
            )
        )
    if wrong:
        raise UsageError(wrong)
    made = TableOfWeights(framework, tuple(names), _numbers(frame, names))
    wrong = [*_partly_named(made), *_all_zero(made)]
    if wrong:
        raise UsageError(wrong)
    return made


def frame_of(table: Any) -> pd.DataFrame:
    """A table of weights as a frame; UsageError where it is none, or has no headings."""
    if isinstance(table, str | Path):
        return read_table(table)
    if not isinstance(table, pd.DataFrame | Mapping):
        hint = Text(f"给 DataFrame 或 csv 文件：{_HINT.zh}", f"give a DataFrame or a csv file: {_HINT.en}")
        raise UsageError(of_type("table", table, hint))
    try:
        return pd.DataFrame(table)
    except (TypeError, ValueError):
        raise UsageError(mistake("wrong_table", Text("这不是权重表", "is no table of weights"), _HINT)) from None


def _numbers(frame: pd.DataFrame, names: Sequence[str]) -> FloatArray:
    """A line of weights for each column, (nodes, draws); UsageError where one is no number from 0 up."""
    plain = all(map(pd.api.types.is_numeric_dtype, set(frame.dtypes)))
    numeric = frame if plain else frame.apply(pd.to_numeric, errors="coerce")
    # A copy: whose table it is may change it afterwards.
    numbers = np.array(numeric.to_numpy(dtype=np.float64, na_value=np.nan).T, order="C")
    if not 0 <= numbers.min() <= numbers.max() < np.inf:
        column, row = (int(place) for place in np.argwhere(~((numbers >= 0) & (numbers < np.inf)))[0])
        name, value = names[column], str(frame.iloc[row, column])
        message = Text(
            f"权重表第 {row + 1} 行 {name} 的 {value} 不是不小于零的数",
            f"row {row + 1}, {name}: {value} is no number from 0 up",
        )
        raise UsageError(mistake("wrong_value", message))
    return numbers


def _is_no_heading(name: Any) -> bool:
    """Whether a column has none: in a file, or as Pandas calls one that had none there."""
    return bool(pd.isna(name)) or not str(name).strip() or str(name).startswith("Unnamed: ")


def _headless(place: int) -> Finding:
    return mistake(
        "no_heading",
        Text(f"权重表第 {place} 列没有列名", f"column {place} of the table has no heading"),
        Text(
            "如果它是行号，用 to_csv(..., index=False) 重新写出；否则写上节点的代号",
            "if it is the index, write the file again by to_csv(..., index=False); otherwise head it with a node",
        ),
    )


def _twice(name: str) -> Finding:
    message = Text(f"权重表有两列 {name}", f"the table has two columns {name}")
    return mistake("twice", message, Text("只留一列", "leave one of them"))


def _partly_named(table: TableOfWeights) -> Iterator[Finding]:
    """Dimensions of which some children have a column and others have not: nobody knows what these weigh."""
    weighed = table.weighed
    for node in table.framework.root.walk():
        lacking = [child.id for child in node.children if child.id not in weighed]
        named = [child.id for child in node.children if child.id in table.nodes]
        if named and lacking:
            yield mistake(
                "partly_named",
                Text(
                    f"权重表有 {'、'.join(named)}，却没有同一维度的 {'、'.join(lacking)}",
                    f"the table names {', '.join(named)}, but of the same dimension not {', '.join(lacking)}",
                ),
                Text("补上这几列，或去掉同一维度的列", "add these columns, or leave out those of their siblings"),
            )


def _all_zero(table: TableOfWeights) -> Iterator[Finding]:
    """Rows in which all children of a dimension weigh nothing."""
    if table.numbers.min() > 0:
        return
    for node in table.framework.root.walk():
        if node.id not in table.of_children:
            continue
        largest = table.of_children[node.id].max(axis=0)
        if not largest.all():
            row, names = int(np.argmin(largest)) + 1, [child.id for child in node.children]
            yield mistake(
                "weights_sum_to_zero",
                Text(
                    f"权重表第 {row} 行 {'、'.join(names)} 的权重全为零",
                    f"row {row}: the weights of {', '.join(names)} are all 0",
                ),
                Text("至少一个大于零", "one of them at least is above 0"),
            )


def read_table(path: str | Path) -> pd.DataFrame:
    """A table of weights in a csv file; UsageError where it cannot be read."""
    try:
        # With heads of its own Pandas would call the second of two columns 1.1 by another code, 1.1.1.
        cells = pd.read_csv(path, encoding="utf-8-sig", header=None, dtype=str)
        return cells.iloc[1:].set_axis(cells.iloc[0].tolist(), axis=1).reset_index(drop=True)
    except OSError as error:
        reason = system_reason(error)
    except pd.errors.EmptyDataError:
        return pd.DataFrame()
    except (pd.errors.ParserError, UnicodeDecodeError):
        reason = Text("不是 UTF-8 编码的 csv 表", "is no csv table in UTF-8")
    finding = mistake("cannot_read", Text(f"无法读取：{reason.zh}", f"cannot be read: {reason.en}"))
    raise UsageError(replace(finding, place=Place(str(path))))
