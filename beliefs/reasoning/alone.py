"""What formulas say by themselves, with no theory behind them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from beliefs.language import sorts
from beliefs.language.mentions import Mentions
from beliefs.language.semantics import Ground, Model
from beliefs.language.signature import Signature
from beliefs.language.syntax import Formula, negation
from beliefs.reasoning.inquiry import Inquiry
from beliefs.reasoning.verdict import UNLIMITED, Budget, Unknown, Unsat


@dataclass(frozen=True, slots=True)
class Alone:
    """Decides questions about a few formulas under the symbols of a base, whatever that says.

    Cost: that of the formulas in question; how large the signature is does not enter, but for a look at their symbols.

    Attributes:
        signature: the symbols of the formulas.
        unique_names: whether different individuals are distinct from one another.
    """

    signature: Signature
    unique_names: bool = True

    def satisfiable(self, formulas: Sequence[Formula], budget: Budget = UNLIMITED) -> bool | Unknown:
        """Return whether formulas can be true together.

        Raises:
            SortError: one of them does not fit the signature.
        """
        elaborated = tuple(sorts.elaborate(formula, self.signature) for formula in formulas)
        theory = _Empty(self._restricted(elaborated), self.unique_names)
        verdict = Inquiry(theory, *elaborated, budget=budget).without(())
        return verdict if isinstance(verdict, Unknown) else not isinstance(verdict, Unsat)

    def entails(
        self, premises: Sequence[Formula], conclusion: Formula, budget: Budget = UNLIMITED
    ) -> bool | Unknown:
        """Return whether premises entail a conclusion.

        Raises:
            SortError: one of them does not fit the signature.
        """
        counterexample = self.satisfiable(
            (*premises, negation(sorts.elaborate(conclusion, self.signature))), budget
        )
        return counterexample if isinstance(counterexample, Unknown) else not counterexample

    def _restricted(self, formulas: Iterable[Formula]) -> Signature:
        """The part of the signature that formulas speak of."""
        spoken: set[str] = set()
        for mentions in map(Mentions.of, formulas):
            spoken |= mentions.symbols | mentions.sorts
        return sorts.infer(sorts.declarations(self.signature, spoken), ())


@dataclass(frozen=True, slots=True)
class _Empty:
    """A theory of no formulas."""

    signature: Signature
    unique_names: bool
    witness: Model | None = field(default_factory=Model)
    consistent: bool | None = True

    def __len__(self) -> int:
        return 0

    def names(self) -> Iterable[str]:
        return ()

    def formula(self, name: str) -> Formula:
        raise KeyError(name)

    def touching(self, atom: Ground) -> Iterable[str]:
        return ()

    def mentioning(self, symbol: str) -> Iterable[str]:
        return ()

    def rules(self) -> Iterable[str]:
        return ()

    def quantified(self) -> Iterable[str]:
        return ()
