"""Writes `beliefs/language/tables.json` from the grammar; with `--check`, only tells whether it is up to date."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from lark.grammar import Rule
from lark.lexer import TerminalDef

from beliefs.language import tables
from beliefs.language.parser import TokenLexer

FILE = Path(tables.__file__).with_name(tables.FILE)

SHIFT = 0
"""How Lark marks an action that moves to a state; others are a rule to reduce by."""


def main(arguments: list[str]) -> int:
    """Write or check the file; 1 if it is stale, 2 for a wrong argument."""
    if arguments not in ([], ["--check"]):
        print("usage: grammar_tables.py [--check]", file=sys.stderr)
        return 2
    text = written(tables.grammar())
    if not arguments:
        FILE.write_text(text, encoding="utf-8")
        return 0
    if FILE.exists() and FILE.read_text(encoding="utf-8") == text:
        return 0
    print(f"{FILE.name} is stale; `make tables` writes it anew", file=sys.stderr)
    return 1


def written(grammar: str) -> str:
    """Return the tables of a grammar as the file has them: the same text for the same tables."""
    data, memo = tables.made(grammar, None, TokenLexer).memo_serialize([TerminalDef, Rule])
    for option in tables.OWN_OPTIONS:
        data["options"].pop(option, None)
    del data["parser"]["lexer_conf"]["lexer_type"]
    data["parser"]["parser"] = _states_in_order(data["parser"]["parser"])
    data, memo = _shared_in_order(data, memo)
    whole = {**tables.made_of(grammar), "data": data, "memo": memo}
    return json.dumps(whole, separators=(",", ":"), sort_keys=True) + "\n"


def _states_in_order(table: dict[str, Any]) -> dict[str, Any]:
    """Number the states as they are met from the first ones on, and the tokens by name; Lark goes by chance."""
    names = table["tokens"]
    token_of = {old: new for new, old in enumerate(sorted(names, key=names.__getitem__))}
    state_of: dict[int, int] = {}
    ahead = [state for _, state in sorted(table["start_states"].items())]
    while ahead:
        state = ahead.pop(0)
        if state not in state_of:
            state_of[state] = len(state_of)
            actions = sorted(table["states"][state].items(), key=lambda item: token_of[item[0]])
            ahead += [to for _, (kind, to) in actions if kind == SHIFT]
    return {
        **table,
        "tokens": {token_of[old]: name for old, name in names.items()},
        "states": {
            state_of[state]: {
                token_of[token]: [kind, state_of[to] if kind == SHIFT else to]
                for token, (kind, to) in actions.items()
            }
            for state, actions in table["states"].items()
        },
        **{
            key: {start: state_of[state] for start, state in table[key].items()}
            for key in ("start_states", "end_states")
        },
    }


def _shared_in_order(data: Any, memo: dict[int, Any]) -> tuple[Any, dict[int, Any]]:
    """Number what is mentioned in several places (rules and terminals) by what it is."""
    order = sorted(memo, key=lambda key: json.dumps(memo[key], sort_keys=True))
    number_of = {old: new for new, old in enumerate(order)}

    def renumbered(value: Any) -> Any:
        if isinstance(value, dict):
            if value.keys() == {"@"}:
                return {"@": number_of[value["@"]]}
            return {key: renumbered(each) for key, each in value.items()}
        return [renumbered(each) for each in value] if isinstance(value, list | tuple) else value

    return renumbered(data), {number_of[key]: value for key, value in memo.items()}


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
