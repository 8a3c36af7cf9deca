"""The options by which a command hides units and names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from parkscore.data.masking import Mask

MaskOption = Annotated[
    bool,
    typer.Option(
        "--mask",
        help="以带密钥的散列值代替评价对象和名称；密钥随机，不保存。 Keyed hashes in the place of units and names.",
    ),
]
MaskKeyOption = Annotated[
    Path | None,
    typer.Option(
        "--mask-key",
        metavar="FILE",
        help="--mask 的密钥文件，使多次运行一致。 --mask with the key in a file, so that runs agree.",
    ),
]
MaskFieldOption = Annotated[
    list[str] | None,
    typer.Option(
        "--mask-field", metavar="FIELD", help="--mask 时还要隐去的文字字段。 --mask, and hide this text field, too."
    ),
]


def mask_of(mask: bool, key: Path | None, fields: list[str] | None) -> Mask | None:
    """The mask that the options ask for; naming a key or a field asks for one."""
    if not (mask or key is not None or fields):
        return None
    from parkscore.data.masking import Mask

    return Mask(fields=tuple(fields or ())) if key is None else Mask.from_file(key, fields or ())
