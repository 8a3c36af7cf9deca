"""How `show` and `score` tell of lists and targets on the console."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from parkscore.cli.console import Reply
from parkscore.language import Text

if TYPE_CHECKING:
    from parkscore.engine.result import DatasetResult
    from parkscore.evaluation import Evaluation
    from parkscore.framework.models import Framework


def list_entries(framework: Framework, reply: Reply) -> list[dict[str, Any]]:
    """What each list of a framework says."""
    return [
        {
            "id": each.id,
            "name": reply.word(each.label),
            "require": each.require,
            "by": each.by or framework.total.id,
            "direction": each.direction,
            "top": each.top,
            "per": each.per,
            "source": each.source,
        }
        for each in framework.lists
    ]


def say_lists(lists: list[dict[str, Any]], reply: Reply) -> None:
    """The lists as a table."""
    if lists:
        heads = (Text("编码", "id"), Text("榜单", "list"), Text("要求", "asks"), Text("排序依据", "ordered by"))
        tail = (Text("方向", "direction"), Text("名额", "places"), Text("分布", "counted by"), Text("来源", "source"))
        words = {"higher": Text("由大到小", "largest first"), "lower": Text("由小到大", "smallest first")}
        keys = ("id", "name", "require", "by", "direction", "top", "per", "source")
        rows = [[words.get(each[key], each[key]) for key in keys] for each in lists]
        reply.say("", Text("榜单", "Lists"), "")
        reply.table((*heads, *tail), [[_cell(value) for value in row] for row in rows], right=[5])


def _cell(value: Any) -> Any:
    return str(value) if isinstance(value, int) else value


def list_lines(result: Evaluation | DatasetResult) -> Iterator[Text]:
    """For each list how many units are on it and where the others are; they add up to all units."""
    from parkscore.tree.list_tables import list_sentences

    return list_sentences(result.list_counted)


def target_entries(framework: Framework, reply: Reply) -> list[dict[str, Any]]:
    """What each target of a framework says."""
    from parkscore.tree.target_tables import goal_text

    return [
        {
            "id": each.id,
            "name": reply.word(each.label),
            "value": each.value,
            "asks": reply.word(goal_text(each)),
            "from": None if each.start is None else str(each.start.year),
            "path": each.way,
            "source": each.source,
        }
        for each in framework.targets
    ]


def say_targets(targets: list[dict[str, Any]], reply: Reply) -> None:
    """The targets as a table."""
    if targets:
        heads = (Text("编码", "id"), Text("目标", "target"), Text("数值", "value"), Text("要求", "asks"))
        tail = (Text("起点", "from"), Text("路径", "path"), Text("来源", "source"))
        reply.say("", Text("目标", "Targets"), "")
        reply.table((*heads, *tail), [list(each.values()) for each in targets])


def target_lines(result: Evaluation | DatasetResult) -> Iterator[Text]:
    """Each target in the latest scored year."""
    from parkscore.tree.target_tables import target_sentences

    return target_sentences(result.progress)
