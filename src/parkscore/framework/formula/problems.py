"""What is wrong with a formula, and where in its text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from parkscore.language import Language, Text, preferred_language


@dataclass(frozen=True, slots=True)
class FormulaProblem:
    """One mistake in a formula.

    offset: column in the text as written, counted from 0; the length of the text where something is missing at its end.
    """

    offset: int
    message: Text
    hint: Text | None = None

    def render(self, language: Language) -> str:
        """The problem in one line, its column counted from 1 as people do.

        >>> FormulaProblem(3, Text("缺一个右括号", "a ) is missing")).render("en")
        'column 4: a ) is missing'
        """
        column = Text(f"第 {self.offset + 1} 列", f"column {self.offset + 1}").in_language(language)
        hint = f" ({self.hint.in_language(language)})" if self.hint else ""
        return f"{column}: {self.message.in_language(language)}{hint}"


class FormulaError(ValueError):
    """A formula that cannot be read or computed: its text, and every problem found, leftmost first."""

    def __init__(self, text: str, problems: FormulaProblem | Sequence[FormulaProblem]) -> None:
        """Keep the text as written and the problems by column."""
        listed = [problems] if isinstance(problems, FormulaProblem) else problems
        self.text = text
        self.problems: tuple[FormulaProblem, ...] = tuple(sorted(listed, key=lambda problem: problem.offset))
        super().__init__(text, self.problems)

    def __str__(self) -> str:
        """One line per problem, in the language of the console."""
        language = preferred_language()
        return "\n".join(problem.render(language) for problem in self.problems)
