"""Actions, plans and a way out: what an action needs and does, as beliefs that failures correct."""
