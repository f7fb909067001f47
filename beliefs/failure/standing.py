"""How things stand after a revision: what a repair of a belief that it gave up has to agree with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from math import prod

from beliefs.base.belief import Belief
from beliefs.base.belief_base import BeliefBase
from beliefs.change.change import Change
from beliefs.errors import SortError
from beliefs.failure.rule import Individuals, Rule
from beliefs.kernels.kernel import shrink
from beliefs.language.mentions import Mentions
from beliefs.language.semantics import truth
from beliefs.language.sorts import elaborate, symbols
from beliefs.language.syntax import Formula, negation
from beliefs.reasoning.alone import Alone
from beliefs.reasoning.deadline import Deadline
from beliefs.reasoning.grounding import spelt_out
from beliefs.reasoning.inquiry import Inquiry
from beliefs.reasoning.verdict import Sat, Unknown, Unsat, Verdict

MAX_CASES = 200
"""For so many choices of individuals at most, what follows is looked at case by case."""


class Standing:
    """A belief that a revision gave up, and what is believed without it.

    Attributes:
        change: the revision.
        culprit: the belief.
        original: what it says, elaborated.
        rule: the same, taken apart.
        after: the base after the revision, its signature covering what was given up.
        kept: what was believed before, and is still.
        signature: the symbols of all of these.
        deadline: what all questions together may spend.
    """

    def __init__(self, change: Change, culprit: Belief, deadline: Deadline) -> None:
        """Take up a belief that a revision gave up.

        Raises:
            SortError: the beliefs are read otherwise after the revision, so that the belief would not say the same.
        """
        before = change.before
        self.change = change
        self.culprit = culprit
        self.deadline = deadline
        gone = [before.formula(belief.name) for belief in change.removed]
        # A symbol that only what was given up had is still one to speak of.
        self.after = change.after.understanding(*gone)
        if not self.after.agrees_with(before):
            raise SortError("the beliefs are read otherwise after the change")
        self.kept = before.remove(*(belief.name for belief in change.removed)).understanding(*gone)
        self.signature = self.after.signature
        self.original = before.formula(culprit.name)
        self.rule = Rule.of(self.original)
        self._alone = Alone(self.signature, before.unique_names)

    def entails(self, premises: Sequence[Formula], conclusion: Formula) -> bool | Unknown:
        """Whether premises entail a conclusion, whatever is believed."""
        return self._alone.entails(premises, conclusion, self.deadline.rest())

    def told(self) -> list[Formula]:
        """The observation, and what contradicts it together with the culprit."""
        before = self.change.before
        names = dict.fromkeys(
            name for kernel in self.change.kernels if self.culprit.name in kernel for name in kernel
        )
        kept = [before.formula(name) for name in names if name in self.kept]
        return [] if self.change.input is None else [elaborate(self.change.input, self.signature), *kept]

    def agrees(self, *formulas: Formula) -> Verdict:
        """Whether formulas can be true together with all that is believed after the change."""
        return Inquiry(self.after, *formulas, budget=self.deadline.rest()).without(())

    def denied(self, formula: Formula) -> Verdict:
        """Whether a formula can be false while all is true that is believed after the change.

        A rule is false of somebody. That it may be somebody new is tried first: a name is sooner decided upon than an
        existential beside equations.
        """
        rule = Rule.of(formula)
        closed = any(self.signature.is_closed(variable.sort or "") for variable in rule.variables)
        if self.after.unique_names and not closed and not self.signature.functions_among(symbols(formula)):
            strangers = tuple(f"stranger#{place}" for place, _ in enumerate(rule.variables))
            instance = negation(spelt_out(rule.at(strangers), {}, {}))
            base = self.after.understanding(instance)
            inquiry = Inquiry(base, elaborate(instance, base.signature), budget=self.deadline.rest())
            verdict = inquiry.without(())
            if isinstance(verdict, Sat):
                return verdict
        return self.agrees(negation(formula))

    def entailed(self, formula: Formula, base: BeliefBase) -> bool | Unknown:
        """Whether a base entails a formula."""
        if self.holds_in(base, negation(formula)):
            return False
        elaborated = elaborate(formula, self.signature)
        verdict = Inquiry(base, negation(elaborated), budget=self.deadline.rest()).without(())
        return verdict if isinstance(verdict, Unknown) else isinstance(verdict, Unsat)

    def proof(self, base: BeliefBase, *refuted: Formula) -> tuple[str, ...] | Unknown | None:
        """Return beliefs of a base that contradict formulas, none of them in vain; None where there are none."""
        inquiry = Inquiry(base, *refuted, budget=self.deadline.rest())
        verdict = inquiry.without(())
        if isinstance(verdict, Unknown):
            return verdict
        if isinstance(verdict, Sat):
            return None
        kernel = shrink(inquiry, verdict.core)
        return tuple(sorted(map(str, verdict.core if isinstance(kernel, Unknown) else kernel)))

    def proof_of(self, formula: Formula) -> tuple[str, ...] | Unknown | None:
        """Return the kept beliefs from which, with the culprit, a formula follows; None where it does not."""
        draft = Rule.of(formula)
        if draft.follows_from(self.rule):
            return ()
        open_cases = self._open_cases(draft)
        if open_cases is None:
            alone = self.entails((self.original,), formula)
            if isinstance(alone, Unknown):
                return alone
            return () if alone else self.proof(self.kept, self.original, negation(formula))
        needed: set[str] = set()
        for individuals in open_cases:
            proof = self._proof_at(draft, individuals)
            if proof is None or isinstance(proof, Unknown):
                return proof
            needed.update(proof)
        return tuple(sorted(needed))

    def _open_cases(self, draft: Rule) -> tuple[Individuals, ...] | None:
        """Return the individuals for which a rule does not follow from the culprit by what their instances say alone.

        Each variable stands for an individual that one of the two rules names, or for a stranger. What follows for
        strangers follows for all that neither names: they can be put in the place of the strangers, and nothing in the
        rules tells them apart. So, where these are distinct from the named ones, no other cases have to be looked at;
        and none is left that is not about names alone. None where it does not follow for strangers plainly, or cannot
        be told so.
        """
        sorts = [variable.sort or "" for variable in draft.variables]
        if draft.quantifiers != self.rule.quantifiers or not sorts or not self._alone.unique_names:
            return None
        if any(map(self.signature.is_closed, sorts)):
            return None
        constants = self.signature.constants
        strangers = {f"stranger#{place}": sort for place, sort in enumerate(sorts)}
        named = sorted((symbols(draft.formula) | symbols(self.original)) & set(constants))
        choices = [
            [
                *(each for each in named if constants[each] == sort),
                *(each for each in strangers if strangers[each] == sort),
            ]
            for sort in sorts
        ]
        if prod(map(len, choices)) > MAX_CASES:
            return None
        extended = replace(self.signature, constants=constants.update(strangers))
        alone = replace(self._alone, signature=extended)
        open_cases: list[Individuals] = []
        for individuals in product(*choices):
            plain = alone.entails((self.rule.at(individuals),), draft.at(individuals), self.deadline.rest())
            if plain is True:
                continue
            if not strangers.keys().isdisjoint(individuals):
                return None
            open_cases.append(individuals)
        return tuple(open_cases)

    def _proof_at(self, draft: Rule, individuals: Individuals) -> tuple[str, ...] | Unknown | None:
        """Return the kept beliefs from which, with the culprit, the instance of a rule follows; None where it does not.

        The instance of the culprit for the same individuals is often enough, and sooner decided upon.
        """
        refuted = negation(draft.at(individuals))
        found = self.proof(self.kept, self.rule.at(individuals), refuted)
        return self.proof(self.kept, self.original, refuted) if found is None else found

    def holds_in(self, base: BeliefBase, formula: Formula) -> bool:
        """Whether the witness of a base shows that a formula agrees with what that says."""
        witness = base.witness
        if witness is None:
            return False
        functions = self.signature.functions_among(Mentions.of(formula).symbols)
        if any(name not in witness.defaults and (name,) not in witness.values for name in functions):
            return False
        return truth(elaborate(formula, self.signature), witness) is True
