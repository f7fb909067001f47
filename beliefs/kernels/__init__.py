"""Why an input contradicts what is held, and what to give up: sets of labels; no belief is known here."""
