"""The language, taught by examples: to people who read them, and to models that are to write it.

The examples in fences are of the language, and hold together; tests see to that.
"""

from __future__ import annotations

from typing import Final

TOPICS: Final[dict[str, str]] = {
    "overview": """\
The memory holds beliefs: sentences of first-order logic, one a line. Write facts about individuals and rules with
quantifiers. Nothing has to be declared first.

```beliefs
bird(tweety)
bird(pingu) & penguin(pingu)
forall x. bird(x) & !penguin(x) -> flies(x)
!open(lab) | unlocked(lab)
```

English, and how to write it:

| English | formula |
|---|---|
| The lab is locked. | `locked(lab)` |
| The lab is not locked. | `!locked(lab)` |
| It rains. | `raining` |
| Every healthy service that is not frozen can be deployed. | `forall s. healthy(s) & !frozen(s) -> deployable(s)` |
| Only admins may delete. | `forall p. may_delete(p) -> admin(p)` |
| Some tests fail. | `exists t. test(t) & fails(t)` |
| No two jobs share a machine. | `forall j, k, m. runs(j, m) & runs(k, m) -> j = k` |
| The battery of r2 is above a fifth. | `battery(r2) > 0.2` |

Use one name for one thing, always the same: `lab`, not sometimes `the_lab`. Names are letters, digits and underscores.
""",
    "formulas": """\
From the tightest to the loosest: comparisons `=` `!=` `<` `<=` `>` `>=`, then `!` (not), `&` (and), `|` (or), `->` (if
… then), `<->` (just if). The words `not and or implies iff` do as well. A quantifier is `forall` or `exists`, its
variables, a dot, and a body that reaches as far right as it can; use brackets to end it earlier.

```beliefs
raining -> wet & !sunny | cold
forall x, y. door(x, y) & !locked(y) -> way(x, y)
(forall x. clean(x)) -> done
dry & (exists y. umbrella(y))
```

Numbers: `+`, `-`, and `*` by a number. Comparisons do not chain: write `0 < load(r2) & load(r2) < 5`.

```beliefs
forall r. battery(r) >= 20 -> moves(r)
2 * load(r2) + 1 < 10
```
""",
    "names": """\
A bare name is a proposition where a formula stands, `raining`, and an individual where a term stands, `tweety`. With
arguments it is a predicate, `at(r2, hall)`, or, inside a term, a function, `battery(r2)`. One name is one thing only:
not a predicate here and an individual there, and always with the same number of arguments. Individuals of different
names are different. A single letter from u to z must be bound by a quantifier: write `forall x. bird(x) -> flies(x)`.
""",
    "sorts": """\
Sorts are optional. Declare them where it helps; a closed sort has just the members listed.

```beliefs
sort Room = {kitchen, hall, lab}
sort Robot
pred at(Robot, Room)
func charge(Robot): Real
forall r: Robot. at(r, kitchen) -> !at(r, lab)
at(r2, hall) & charge(r2) > 0.5
```
""",
    "entrenchment": """\
Before a belief may stand a header, each part optional: its name, its level, and its source.

```beliefs
[runbook @2 "handbook"] forall s. healthy(s) & !frozen(s) -> deployable(s)
[hearsay @1 "chat"] !frozen(shop)
[@certain] forall s. deployable(s) -> healthy(s)
```

When beliefs contradict what was seen, the least firmly held are given up. Level 1 is the default; what was measured
deserves a higher level than hearsay; `certain` is never given up, so keep it for what cannot be false.
""",
    "changes": """\
- `tell` adds a belief that contradicts nothing; if something contradicts it, nothing changes and you see what.
- `observe` is for what was seen to happen: it wins, the least firmly held beliefs that contradict it are given up,
  rules among them are mended by exceptions and guards where that is possible, and sources that misled count less from
  then on.
- `report_failure` is for an action or tool call that did not do what you expected: what you expected is recorded, then
  what you saw is observed, and the failure is kept with its lesson.
- `revise` takes a formula in, and gives up what contradicts it, without learning anything from that.
- `contract` stops believing something without believing the opposite.
- `undo` takes the last change back.

Before you act, `ask` whether what the action needs is believed. If the answer is undecided, `why_not` tells what is
missing. *Unknown* means that the solver could not tell; it is neither yes nor no.
""",
    "errors": """\
An error names the line and column, shows the place with a caret, and says what could have stood there and how to mend
it. Nothing was changed: mend the text and call again. Common mistakes:

| wrong | right |
|---|---|
| `bird(x) -> flies(x)` | `forall x. bird(x) -> flies(x)` |
| `forall x bird(x)` | `forall x. bird(x)` |
| `flies(Tweety the bird)` | `flies(tweety)` |
| `0 < n < 5` | `0 < n & n < 5` |
| `bird(tweety), small(tweety)` | `bird(tweety) & small(tweety)` |
| `battery(r2) = "low"` | `low_battery(r2)` |
""",
    "plans": """\
Where the memory knows actions (`beliefs actions FILE.pddl` tells it), `review_plan` takes a plan with a step a line, as
`(move f0 f1)`, and refuses it if what was seen entails that a step fails. `report_failure` with such an action and its
arguments is evidence on what it needs. So a plan that would fail for the same reason is refused the next time.
""",
}
"""What there is to know, by topic, in the order in which a newcomer needs it."""


def whole() -> str:
    """Return everything there is to know of the language, as one text."""
    return "\n".join(f"## {topic}\n\n{text}" for topic, text in TOPICS.items())


def instructions() -> str:
    """Return what a client is told of the server at first."""
    return (
        "A memory of logical beliefs that learns from failure. Tell it what you believe, ask what follows before you "
        "act, and report what failed: it gives up as little as possible of what contradicts that, says why, and "
        "remembers. Formulas are first-order logic, such as bird(tweety), or forall x. bird(x) -> flies(x); the tool "
        "language_help explains the language. An error says where the mistake is and how to mend it. Unknown is an "
        "answer: the solver could not tell."
    )


def lesson(task: str) -> str:
    """Return a text that teaches a model to write the language, and sets it to a task if there is one."""
    begin = (
        "You have a memory of logical beliefs, with tools to tell, ask and revise it. This is its language.\n\n"
        f"{whole()}\n## A worked example\n\n"
        "Told: “The runbook says that a healthy service that is not frozen can be deployed. The monitor says that shop "
        "is healthy. Somebody in the chat said that shop is not frozen.”\n\n"
        "1. tell `forall s. healthy(s) & !frozen(s) -> deployable(s)`, level 2, source “runbook”\n"
        "2. tell `healthy(shop)`, level 3, source “monitor”\n"
        "3. tell `!frozen(shop)`, level 1, source “chat”\n"
        "4. ask `deployable(shop)`: believed, so deploy\n\n"
        "The deployment is refused.\n\n"
        "5. report_failure: action `deploy`, arguments `[shop]`, expected `deployable(shop)`, seen "
        "`!deployable(shop)`. The memory gives up the rumour, the least firmly held of the three.\n"
        "6. ask `frozen(shop)`: believed, and it says because of what. So unfreeze first.\n"
    )
    return begin if not task.strip() else f"{begin}\n## Your task\n\n{task.strip()}\n"
