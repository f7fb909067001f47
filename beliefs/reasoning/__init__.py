"""What follows: labelled formulas in; `Sat`, `Unsat` or `Unknown` out."""
