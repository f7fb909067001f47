"""How long reading takes: one belief on a warm parser, a document of ten thousand, and the first use.

    python benchmarks/parsing.py [--json]

For each sentence: the microseconds to parse it, to print it, to extend a settled signature by it and to elaborate
it; the best of several rounds, since other programs only ever add to a time. For a document of 10,000 beliefs:
beliefs and characters read a second. For the first use: milliseconds to import Lark with the parser, and to load the
tables of the grammar. The aim is that a belief of forty characters is read in 100 µs.

`--json` writes `{"sentences": [{"text", "characters", "parse_us", "print_us", "extend_us", "elaborate_us"}],
"document": {"beliefs", "characters", "seconds", "beliefs_per_second", "characters_per_second"},
"first_use": {"import_ms", "grammar_ms"}}`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from itertools import cycle, islice
from time import perf_counter
from typing import Any

from rich.console import Console
from rich.table import Table

from beliefs.language.parser import parse_document, parse_formula
from beliefs.language.printer import print_formula
from beliefs.language.sorts import elaborate, extend, infer

SENTENCES = (
    "raining",
    "bird(tweety) & !penguin(tweety)",
    "forall r. at(r, kitchen) -> !at(r, lab)",
    "forall x. bird(x) & !penguin(x) -> flies(x)",
    "a1 & b1 | !c1 & d1 -> e1 <-> f1 | g1",
    "forall r: Thing. 2 * battery(r) + 0.5 >= cost(r)",
    "exists x, y. likes(x, y) & (x = y | older(x, y))",
)
BELIEFS = 10_000


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="write JSON instead of tables")
    figures = {
        "sentences": [sentence(text) for text in SENTENCES],
        "document": document(),
        "first_use": first_use(),
    }
    if parser.parse_args().json:
        json.dump(figures, sys.stdout, indent=2)
        print()
    else:
        show(figures)
    return 0


def sentence(text: str) -> dict[str, Any]:
    """Return the figures of one sentence."""
    formula = parse_formula(text)
    signature = infer((), [("input", formula)])
    return {
        "text": text,
        "characters": len(text),
        "parse_us": microseconds(lambda: parse_formula(text)),
        "print_us": microseconds(lambda: print_formula(formula)),
        "extend_us": microseconds(lambda: extend(signature, formula)),
        "elaborate_us": microseconds(lambda: elaborate(formula, signature)),
    }


def microseconds(call: Callable[[], object], rounds: int = 150, calls: int = 20) -> float:
    """Return how long a call takes: the mean of a round, of the best round."""
    best = float("inf")
    for _ in range(rounds):
        start = perf_counter()
        for _ in range(calls):
            call()
        best = min(best, perf_counter() - start)
    return round(best / calls * 1e6, 1)


def document() -> dict[str, Any]:
    """Return the figures of a long document."""
    lines = (f"[b{index} @2] {text}" for index, text in enumerate(islice(cycle(SENTENCES), BELIEFS)))
    text = "\n".join(lines)
    seconds = float("inf")
    for _ in range(3):
        start = perf_counter()
        parse_document(text)
        seconds = min(seconds, perf_counter() - start)
    return {
        "beliefs": BELIEFS,
        "characters": len(text),
        "seconds": round(seconds, 3),
        "beliefs_per_second": round(BELIEFS / seconds),
        "characters_per_second": round(len(text) / seconds),
    }


def first_use() -> dict[str, float]:
    """Return the milliseconds a fresh interpreter needs to import the parser and to load its tables."""
    program = (
        "import time; start = time.perf_counter()\n"
        "from beliefs.language.parser import parse_formula; imported = time.perf_counter()\n"
        "parse_formula('p'); done = time.perf_counter()\n"
        "print((imported - start) * 1e3, (done - imported) * 1e3)"
    )
    runs = []
    for _ in range(3):
        output = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        ).stdout
        runs.append([round(float(figure), 1) for figure in output.split()])
    return {"import_ms": min(run[0] for run in runs), "grammar_ms": min(run[1] for run in runs)}


def markdown(figures: dict[str, Any]) -> str:
    """The table for docs/benchmarks.md, of what `--json` prints."""
    names = {"parse": "parse", "print": "print", "extend": "fit to a signature", "elaborate": "elaborate"}
    lines = [
        f"| sentence | {' | '.join(f'{name}, µs' for name in names.values())} |",
        "|---|---:|---:|---:|---:|",
    ]
    for row in figures["sentences"]:
        times = [row[f"{name}_us"] for name in names]
        text = row["text"].replace("|", "\\|")
        lines.append(f"| `{text}` | {' | '.join(f'{time:.{0 if time >= 2 else 1}f}' for time in times)} |")
    whole, first = figures["document"], figures["first_use"]
    read = (
        f"A text of {whole['beliefs']:,} such beliefs with headers is read in {whole['seconds']:.1f} s (best of "
        f"three): {whole['beliefs_per_second']:,} beliefs, or {whole['characters_per_second']:,} characters, a second."
    )
    used = (
        f"The first use of the parser in a process adds {first['import_ms']:.0f} ms to import it and "
        f"{first['grammar_ms']:.0f} ms to load its tables."
    )
    lines += ["", read, used]
    return "\n".join(lines) + "\n"


def show(figures: dict[str, Any]) -> None:
    """Print the figures as a table and two sentences."""
    table = Table("sentence", *(f"{name} µs" for name in ("parse", "print", "extend", "elaborate")))
    for row in figures["sentences"]:
        times = [f"{row[f'{name}_us']:.1f}" for name in ("parse", "print", "extend", "elaborate")]
        table.add_row(row["text"], *times)
    console = Console()
    console.print(table)
    whole, first = figures["document"], figures["first_use"]
    console.print(
        f"{whole['beliefs']:,} beliefs in {whole['seconds']} s: {whole['beliefs_per_second']:,} beliefs and "
        f"{whole['characters_per_second']:,} characters a second."
    )
    console.print(
        f"First use: {first['import_ms']} ms to import, {first['grammar_ms']} ms to load the tables."
    )


if __name__ == "__main__":
    sys.exit(main())
