"""An action model as beliefs: told from a domain, and read back from any base.

Each condition that an action may need is a belief of its own. Where nothing is known, an agent believes weakly of
each that it is not needed, and a failure takes back as little of that as can be; what a PDDL file says is held more
firmly; and what was seen in the world (`evidence`) more firmly still. The types of the parameters are part of what
an action is, and certain.

References:
    Gärdenfors: Knowledge in Flux (1988), for entrenchment.
    Gil: Learning by experimentation: incremental refinement of incomplete planning domains. ICML 1994, and
    Stern, Juba: Efficient, safe, and probably approximately complete learning of action models. IJCAI 2017, for
    what success and failure say of conditions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from beliefs import answers
from beliefs.base.belief_base import BeliefBase
from beliefs.base.entrenchment import CERTAIN, Level
from beliefs.change import Change
from beliefs.errors import PlanError
from beliefs.language.printer import print_declaration, print_formula, print_statement
from beliefs.language.semantics import truth
from beliefs.language.syntax import (
    And,
    Atom,
    Formula,
    Header,
    Iff,
    Implies,
    Not,
    Or,
    Statement,
    conjunction,
)
from beliefs.planning.actions import (
    EQUAL,
    OBJECT,
    Domain,
    Literal,
    Predicate,
    Problem,
    Schema,
    State,
    as_state,
)
from beliefs.planning.levels import FACT, READ, WEAK
from beliefs.planning.vocabulary import Action, Vocabulary, may_be_needed
from beliefs.reasoning.verdict import UNLIMITED, Budget, Unknown


class Believer(Protocol):
    """What is asked of an agent here; `beliefs.Agent` is one."""

    @property
    def base(self) -> BeliefBase:
        """The present base."""

    @property
    def budget(self) -> Budget:
        """What each call may spend."""

    def load(self, text: str, *, allow_conflict: bool = False, dry_run: bool = False) -> Change:
        """Take in a text of declarations and beliefs, as one change."""

    def observe(
        self,
        observation: str | Formula,
        *,
        name: str | None = None,
        level: Level | None = None,
        source: str | None = None,
        dry_run: bool = False,
    ) -> Change:
        """Take in what was seen, and give up as little as possible of what contradicts it."""


def learn_actions(
    agent: Believer,
    domain: Domain,
    *,
    problem: Problem | None = None,
    empty: bool = False,
    level: Level = READ,
    effects: Level = CERTAIN,
    source: str | None = None,
    dry_run: bool = False,
) -> Change:
    """Take in what a domain says of its actions, as one change.

    Each condition that an action has is believed to be needed, at the level given; of each other that it might have
    it is believed weakly that it is not. An *empty* model believes this of all of them. What an action does is
    believed at a level of its own; where that is not certain, it is believed weakly of everything else that the
    action does not do it. What follows from the types of the parameters is certain. What a base says already, word for
    word, is passed over.

    Args:
        agent: who is to believe it.
        domain: the domain.
        problem: a problem of the domain, whose facts are taken in as well, at level 1.
        empty: whether to leave out what the domain says of conditions.
        level: how firmly conditions are believed.
        effects: how firmly effects are believed.
        source: who or what says so; the name of the domain by default.
        dry_run: whether to commit nothing.

    Raises:
        PlanError: the domain has an action or predicate that is known with another arity.
        LanguageError: a symbol of the base stands in the way.
        JournalError: the change could not be committed.
    """
    text = told_actions(
        agent.base, domain, problem=problem, empty=empty, level=level, effects=effects, source=source
    )
    return agent.load(text, dry_run=dry_run)


def told_actions(
    base: BeliefBase,
    domain: Domain,
    *,
    problem: Problem | None = None,
    empty: bool = False,
    level: Level = READ,
    effects: Level = CERTAIN,
    source: str | None = None,
) -> str:
    """Return, in the language, what a domain says of its actions and a base does not say yet; see `learn_actions`.

    Raises:
        PlanError: the domain has an action or predicate that is known with another arity.
        LanguageError: a symbol of the base stands in the way.
    """
    declarations = Vocabulary.of(base).declarations(domain)
    vocabulary = Vocabulary.of(base.declare(*declarations))
    told = _Telling(base, vocabulary, source or domain.name)
    for schema in domain.schemas:
        action = vocabulary.actions[schema.name]
        told.conditions(domain, schema, action, {} if empty else dict.fromkeys(schema.conditions, level))
        told.effects(domain, schema, action, effects)
    if problem is not None:
        told.facts(problem.initial, FACT, source or problem.name)
    lines = [*map(print_declaration, declarations), *map(print_statement, told.statements)]
    return "\n".join(lines) + "\n"


def learn_facts(
    agent: Believer,
    facts: Problem | State,
    *,
    level: Level = FACT,
    source: str | None = None,
    dry_run: bool = False,
) -> Change:
    """Take in facts, those at the start of a problem or others, as beliefs of their own and one change.

    What is believed already is passed over.

    Raises:
        PlanError: a fact is none, or of a kind that no action model in the base knows.
        JournalError: the change could not be committed.
    """
    if isinstance(facts, Problem):
        state, source = facts.initial, source or facts.name
    else:
        state = facts
    state = as_state(state)
    base = agent.base
    vocabulary = Vocabulary.of(base)
    told = _Telling(base, vocabulary, source)
    told.facts(state, level, source)
    return agent.load("\n".join(map(print_statement, told.statements)) + "\n", dry_run=dry_run)


class _Telling:
    """Collects what is to be told to a base: what it does not say yet, each under a name that is free."""

    def __init__(self, base: BeliefBase, vocabulary: Vocabulary, source: str | None) -> None:
        self._base = base
        self._vocabulary = vocabulary
        self._source = source
        self._names: set[str] = set()
        self.statements: list[Statement] = []

    def conditions(
        self, domain: Domain, schema: Schema, action: Action, needed: Mapping[Literal, Level]
    ) -> None:
        """Collect which conditions an action needs and which not."""
        given = {each for each in schema.conditions if domain.is_given(each)}
        never: list[Formula] = []
        for symbol, literal in self._vocabulary.candidates(schema.name).items():
            if literal in given:
                self.tell(f"{schema.name}-needs-{symbol}", action.needs(symbol), CERTAIN)
            elif literal in needed:
                self.tell(f"{schema.name}-needs-{symbol}", action.needs(symbol), needed[literal])
            elif may_be_needed(literal, domain, schema):
                self.tell(f"{schema.name}-without-{symbol}", Not(action.needs(symbol)), WEAK)
            else:
                never.append(Not(action.needs(symbol)))
        self._tell_all(f"{schema.name}-without-others", never)

    def effects(self, domain: Domain, schema: Schema, action: Action, level: Level) -> None:
        """Collect what an action does.

        No action changes a type; and where its effects are certain, it is certain that it has no others.
        """
        added = {each for each in schema.effects if each.positive}
        deleted = {each.negated for each in schema.effects if not each.positive}
        never: list[Formula] = []
        for symbol, literal in self._vocabulary.candidates(schema.name).items():
            if not literal.positive or literal.predicate == EQUAL:
                continue
            for word, formula, does in (
                ("adds", action.adds(symbol), literal in added),
                ("deletes", action.deletes(symbol), literal in deleted),
            ):
                if does:
                    self.tell(f"{schema.name}-{word}-{symbol}", formula, level)
                elif level == CERTAIN or not may_be_needed(literal, domain, schema):
                    never.append(Not(formula))
                else:
                    self.tell(f"{schema.name}-{word}-no-{symbol}", Not(formula), WEAK)
        self._tell_all(f"{schema.name}-changes-nothing-else", never)

    def _tell_all(self, name: str, formulas: list[Formula]) -> None:
        """Collect, as one belief, what is certain of an action."""
        if formulas:
            self.tell(name, conjunction(tuple(formulas)), CERTAIN)

    def facts(self, state: State, level: Level, source: str | None) -> None:
        """Collect the facts of a state."""
        self._source = source
        for fact in sorted(state):
            self.tell("-".join((fact.predicate, *fact.arguments)), self._vocabulary.fact(fact), level)

    def tell(self, name: str, formula: Formula, level: Level) -> None:
        """Collect one belief, unless the base says the same."""
        if any(True for _ in self._base.says(formula)):
            return
        label = free_label(name, self._base, self._names)
        self._names.add(label)
        self.statements.append(Statement(Header(label, level, source=self._source), formula))


def free_label(name: str, base: BeliefBase, taken: Iterable[str] = ()) -> str:
    """Return a name for a belief that reads like the one given and that no belief has."""
    label = "-".join(re.findall(r"[^\W_]+(?:'+$)?", name)) or "belief"
    free, number = label, 1
    while free in base or free in taken:
        number += 1
        free = f"{label}.{number}"
    return free


def believed_actions(base: BeliefBase, *, budget: Budget = UNLIMITED) -> Domain:
    """Return the actions as a base believes them to be: every condition and effect that it entails.

    Types are among the predicates; all parameters are of the one type that PDDL calls object, and known by number.

    Raises:
        PlanError: the base contradicts itself, or could not be asked within the budget.

    Cost: a question to the base for each condition that holds in its witness and is not said word for word.
    """
    vocabulary = Vocabulary.of(base)
    holds = Entailed(base, budget)
    schemas = tuple(_schema(action, vocabulary, holds) for action in vocabulary.actions.values())
    negative = any(not each.positive for schema in schemas for each in schema.conditions)
    equal = any(each.predicate == EQUAL for schema in schemas for each in schema.conditions)
    return Domain(
        name="beliefs",
        predicates=tuple(
            Predicate(name, (OBJECT,) * arity) for name, (_, arity) in vocabulary.predicates.items()
        ),
        constants=tuple((name, OBJECT) for name in vocabulary.constants),
        schemas=schemas,
        requirements=frozenset(
            ["strips", *(["negative-preconditions"] if negative else []), *(["equality"] if equal else [])]
        ),
    )


def _schema(action: Action, vocabulary: Vocabulary, holds: Entailed) -> Schema:
    candidates = vocabulary.candidates(action.name)
    return Schema(
        name=action.name,
        parameters=tuple((str(place + 1), OBJECT) for place in range(action.arity)),
        conditions=tuple(each for symbol, each in candidates.items() if action.needs(symbol) in holds),
        effects=tuple(believed_effects(action, candidates, holds)),
    )


def believed_effects(action: Action, candidates: Mapping[str, Literal], holds: Entailed) -> Iterator[Literal]:
    """Yield the effects that an action is believed to have."""
    for symbol, literal in candidates.items():
        if action.adds(symbol) in holds:
            yield literal
        if action.deletes(symbol) in holds:
            yield literal.negated


def believed_state(base: BeliefBase, *, budget: Budget = UNLIMITED) -> State:
    """Return the facts that a base entails; what is not among them is taken to be false (the closed world).

    Raises:
        PlanError: the base contradicts itself, or could not be asked within the budget.
    """
    vocabulary = Vocabulary.of(base)
    holds = Entailed(base, budget)
    symbols = {symbol for symbol, _ in vocabulary.predicates.values()}
    spoken = (
        atom for symbol in symbols for name in base.mentioning(symbol) for atom in _atoms(base[name].formula)
    )
    facts = {atom: vocabulary.ground(atom) for atom in spoken if atom.predicate in symbols}
    return frozenset(fact for atom, fact in facts.items() if fact is not None and atom in holds)


class Undecided(PlanError):  # noqa: N818  (a signal to whoever has an answer for "unknown")
    """Whether a base entails something could not be told within the budget."""


class Entailed:
    """The ground atoms that a base entails, as a container; asked one by one, and remembered.

    What the base says word for word is entailed, and what is false in its witness is not; the rest is asked.
    """

    def __init__(self, base: BeliefBase, budget: Budget = UNLIMITED) -> None:
        """Make the container.

        Raises:
            PlanError: the base contradicts itself, or whether it does could not be told within the budget.
        """
        known = answers.settled(base, budget=budget)
        if isinstance(known, Unknown) or not known.consistent:
            reason = (
                known.reason if isinstance(known, Unknown) else "it contradicts itself; consolidate it first"
            )
            raise PlanError(f"the actions cannot be read from the base: {reason}")
        self._base = known
        self._budget = budget
        self._answers: dict[Formula, bool] = {}

    def __contains__(self, formula: Formula) -> bool:
        answer = self._answers.get(formula)
        if answer is None:
            answer = self._answers[formula] = self._entailed(formula)
        return answer

    def _entailed(self, formula: Formula) -> bool:
        if any(True for _ in self._base.says(formula)):
            return True
        if self._base.witness is not None and truth(formula, self._base.witness) is False:
            return False
        answer = answers.ask(self._base, formula, budget=self._budget)
        if answer.verdict == "unknown":
            raise Undecided(f"whether {print_formula(formula)} is believed is unknown: {answer.reason}")
        return answer.verdict == "believed"


def _atoms(formula: Formula) -> Iterator[Atom]:
    """Yield the atoms that stand in a formula without quantifiers; others have no individuals to tell of."""
    waiting: list[Formula] = [formula]
    while waiting:
        node = waiting.pop()
        match node:
            case Atom():
                yield node
            case Not(operand):
                waiting.append(operand)
            case And(operands) | Or(operands):
                waiting.extend(operands)
            case Implies(left, right) | Iff(left, right):
                waiting.extend((left, right))
