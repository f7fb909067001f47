"""Learning from failure: what an observation says of what was believed and expected, and what to make of it."""
