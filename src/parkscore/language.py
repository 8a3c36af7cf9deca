"""Say one thing in Chinese and in English."""

from __future__ import annotations

import errno
import math
import os
from typing import Literal, NamedTuple, get_args

Language = Literal["zh", "en"]
LANGUAGES: tuple[str, ...] = get_args(Language)


class Text(NamedTuple):
    """One sentence in both languages of the project.

    >>> Text("数据", "data").in_language("en")
    'data'
    """

    zh: str
    en: str

    def in_language(self, language: Language) -> str:
        """The sentence in one language; UsageError where it is none of the two."""
        return self.zh if known(language) == "zh" else self.en


def known(language: Language) -> Language:
    """A language that a caller asks for; UsageError where it is none of the two.

    >>> known("zh")
    'zh'
    """
    if isinstance(language, str) and language in LANGUAGES:
        return language
    from parkscore.findings import no_such_language

    raise no_such_language(language)


def yes_or_no(holds: bool) -> Text:
    """The word for a truth, where a person reads it.

    >>> yes_or_no(True).zh, yes_or_no(False).en
    ('是', 'no')
    """
    return Text("是", "yes") if holds else Text("否", "no")


def in_digits(number: float, significant: int = 6) -> str:
    """A number as a person writes it: so many digits that count, all of those before the point, and no power of ten.

    >>> in_digits(31379114.0), in_digits(2.20774123), in_digits(0.0000123), in_digits(-5.0)
    ('31379114', '2.20774', '0.0000123', '-5')
    """
    if not math.isfinite(number) or number == 0 or not 1e-9 <= abs(number) < 1e15:
        return f"{number + 0.0:.{significant}g}"
    power = int(f"{number:.{significant - 1}e}".rpartition("e")[2])  # of ten; a logarithm is that of 10 close below it
    written = f"{number:.{max(0, significant - 1 - power)}f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def plural(count: int, one: str) -> str:
    """A number with what it counts, as English has it.

    >>> plural(1, "unit"), plural(2, "unit"), plural(0, "unit")
    ('1 unit', '2 units', '0 units')
    """
    return f"{count} {agreeing(count, one, f'{one}s')}"


def agreeing(count: float, one: str, several: str) -> str:
    """The English word that goes with a number.

    >>> agreeing(1, "is", "are"), agreeing(0, "has", "have")
    ('is', 'have')
    """
    return one if count == 1 else several


_SYSTEM = {
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.ENOENT: "没有这个文件或文件夹",
    errno.ENOSPC: "磁盘空间不足",
    errno.EDQUOT: "超出磁盘配额",
    errno.EROFS: "所在磁盘只读",
    errno.ENAMETOOLONG: "文件名太长",
    errno.EISDIR: "是文件夹",
    errno.ENOTDIR: "路径中有一级不是文件夹",
    errno.ELOOP: "链接绕成了圈",
    errno.EBUSY: "正被占用",
    errno.EMFILE: "打开的文件太多",
    errno.EIO: "磁盘读写出错",
    errno.EFBIG: "文件太大",
}


def system_reason(error: OSError) -> Text:
    """What the operating system says went wrong with a file.

    >>> system_reason(OSError(errno.ENOSPC, "No space left on device")).zh
    '磁盘空间不足'
    """
    unnamed = f"{type(error).__name__} {error.errno or ''}".rstrip()
    if error.errno in _SYSTEM:  # libraries put words of their own around those of the system
        return Text(_SYSTEM[error.errno], os.strerror(error.errno))
    return Text(f"系统报错 {unnamed}", error.strerror or unnamed)


def preferred_language() -> Language:
    """The language of this console: `PARKSCORE_LANG`, else the locale, else English."""
    for variable in ("PARKSCORE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"
