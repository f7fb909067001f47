"""Writes `docs/cli.md` from the commands themselves; with `--check`, only tells whether it is up to date."""

# ruff: noqa: E501  (the rows of a Markdown table cannot be broken)

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from beliefs.cli.group import SECTIONS, beliefs

PAGE = Path(__file__).parent.parent / "docs" / "cli.md"

INTRODUCTION = """\
# The command `beliefs`

<!-- Written by tools/cli_docs.py from the help of the commands. Do not edit: `make docs` writes it anew. -->

`beliefs` keeps a base of beliefs in a file. It takes the base from `--base FILE`, before the command or after it,
else from the environment variable `BELIEFS_BASE`, else from `beliefs.db` in the present folder; the URL of a
database will do as well. `tell`, `load`, `import`, `actions`, `init` and `mcp` make the base where there is none.

## What all commands have in common

**A formula** is an argument, in quotes for the shell's sake; `-` reads it from standard input, `--file` from a file.
After `--`, one that begins with a minus sign is not taken for an option.

**`--json`** prints one JSON value for programs. Its keys are kept from version to version; new ones may come.

| command | JSON |
|---|---|
| `tell`, `load`, `import`, `observe`, `revise`, `contract`, `consolidate`, `undo`, `actions` | `{"operation", "input", "status": "done"\\|"vacuous"\\|"rejected"\\|"refused"\\|"unknown", "added": [belief], "removed": [{"name", "formula", "entrenchment"}], "kernels": [[names]], "cost", "cost_by_level": [{"level", "weight"}], "alternatives", "alternatives_complete", "entry", "reason", "weakened": [{"name", "from", "kind", "assumed"}]}`; `import` adds `"observations": [formulas]`, `"rejected": [{"line", "text", "reason"}]`, `"passed_over"` and `"entries"`, `--alternatives` adds `"equally_good": [[names]]` |
| `list` | a list of beliefs: `{"name", "formula", "entrenchment", "weight", "source"}`; `entrenchment` is an integer or `"certain"`; and of each what is on record, `"blamed"`, `"confirmed"`, and `"counts"`, the weight that this gives it |
| `show` | the same of one belief, and `"cases": [{"individuals", "given", "outcome", "failed"}]`, `"age"`, `"believed"`, `"history": [{"entry", "time", "operation", "what"}]` |
| `expect`, `expectations` | `{"entry", "formula", "because": [names]}`, or a list of them |
| `episode`, `episodes` | `{"episode", "entry", "time", "observation", "source", "policy", "expectations", "kernels": [[names]], "diagnosis": [names], "given_up": [{"name", "formula", "entrenchment"}], "added": [belief], "repairs": [belief and "from"], "outcome": "learned"\\|"rejected", "undone", "lesson"}`, or a list of them |
| `sources` | a list of `{"source", "beliefs", "blamed", "confirmed", "odds"}` |
| `ask` | `{"formula", "verdict": "believed"\\|"disbelieved"\\|"undecided"\\|"unknown", "because": [names], "reason"}` |
| `why` | `{"formula", "verdict", "reasons": [[names]], "proofs": [[{"says", "how": "believed"\\|"supposed"\\|"follows"\\|"cases"\\|"contradiction"\\|"together", "by": [names], "clause", "because": [places]}]], "complete", "reason"}`; a proof for each reason, its last step last |
| `why-not` | `{"formula", "verdict", "blocked_by": [[names]], "given_up": [names], "missing": [{"believe": [formulas], "because": [names]}], "complete", "reason"}` |
| `conflicts` | `{"kernels": [[names]], "complete", "reason"}` |
| `diagnose` | `{"observations": [formulas], "diagnoses": [{"given_up": [{"label", "name", "formula", "entrenchment", "situation"}], "cost", "cost_by_level"}], "complete", "kernels": [[labels]], "next_test": {"formula", "situation", "information", "splits": {"so": [numbers], "not_so": [numbers], "open": [numbers]}}\\|null, "reason"}`; diagnoses are numbered from 1 |
| `graph` | node-link form: `{"directed", "multigraph", "graph": {"complete"}, "nodes": [{"id", "kind", "label", …}], "edges": [{"source", "target", "key", "kind", "label"}]}` |
| `log` | a list of `{"entry", "time", "operation", "input", "added", "removed", "declared", "undeclared", "kernels", "cost", "cost_by_level", "source", "reason", "undoes"}` |
| `timeline` | a list of beliefs, each with `"since"` and `"until"`, the numbers of entries or null |
| `diff` | `{"added": [belief], "removed": [belief], "changed": [{"before", "after"}]}` |
| `review` | `{"finding": "passed"\\|"refused"\\|"unknown", "steps": [steps], "number", "step", "conditions": [conditions], "because": [{"name", "entry"}], "reason"}` |
| `verify` | `{"entries", "checked", "failed": [{"entry", "reason"}], "chain": "intact"\\|"broken"}` |
| `init` | `{"base", "unique_names"}` |
| `export` | `{"format", "beliefs", "text", "skipped": [{"name", "reason"}]}`, or `"file"` in place of `"text"` |
| `doctor` | `{"healthy", "findings": [{"what", "state": "good"\\|"missing"\\|"bad", "detail", "remedy"}]}` |
| an error | on standard error, in one line: `{"error", "kind", "line", "column", "context", "expected", "hint"}`, and of an import `"rejected"` |

`cost` is the sum of all weights given up; `cost_by_level` is what costs are compared by, the highest level first.
`alternatives` counts the answers that are as good, the one taken included: at most 100, and for at most five seconds;
`alternatives_complete` says whether these are all. A change that is refused or unknown has 0. `--alternatives N` lists
up to N of them, what each would give up, the one taken first; it looks for as long as `--timeout` allows.

**Exit codes**

| code | meaning |
|---|---|
| 0 | a change was done or there was nothing to do; the formula is believed; no conflict; the plan passes; all is verified |
| 1 | the change was refused, or the observation, or lines of a file, rejected; the formula is disbelieved or undecided; there are conflicts; the plan is refused; `verify` found something wrong or undecided, or `doctor` something wrong |
| 2 | an error in what was asked: usage, syntax, no such base or belief, a file that cannot be read; nothing was changed |
| 3 | unknown: the time ran out, or the solver could not tell; nothing was changed |
| 70 | a fault of the program itself |
| 130 | interrupted with Ctrl-C |

**`--timeout`** limits how long a call may think: seconds, decimals allowed, or a number with a unit, as `500ms`, `2s`
or `5min`. When the time is up the answer is *unknown*, and nothing has changed.

**`--dry-run`** shows what a change would come to, and commits nothing; not even the base is made.

**Colours** appear on a terminal only, and not where the environment variable `NO_COLOR` is set. What is longer than the
terminal is high is shown by the pager that the environment variable `PAGER` names (`PAGER=cat` for none). What goes into a pipe or a
file is never folded or cut. A progress bar appears, on a terminal, when something takes longer than a second.
"""


def main() -> int:
    """Write the page, or check it; return the exit code."""
    page = text()
    if sys.argv[1:] == ["--check"]:
        if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page:
            return 0
        print(f"{PAGE} is stale; `make docs` writes it anew", file=sys.stderr)
        return 1
    if sys.argv[1:]:
        print("usage: cli_docs.py [--check]", file=sys.stderr)
        return 2
    PAGE.write_text(page, encoding="utf-8")
    return 0


def text() -> str:
    """Return the whole page."""
    return INTRODUCTION + "".join(_sections())


def _sections() -> Iterator[str]:
    group = click.Context(beliefs, info_name="beliefs", **beliefs.context_settings)
    for section, commands in SECTIONS.items():
        yield f"\n## {section}\n"
        for name in commands:
            command = beliefs.get_command(group, name)
            assert command is not None
            # A width of its own, so that the page does not depend on the terminal it is written from.
            context = click.Context(
                command, parent=group, info_name=name, terminal_width=100, max_content_width=100
            )
            yield f"\n### beliefs {name}\n\n```text\n{command.get_help(context)}\n```\n"


if __name__ == "__main__":
    sys.exit(main())
