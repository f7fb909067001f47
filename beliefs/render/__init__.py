"""Words and pictures: pure functions from the engine's values to text, tables, drawings and plain data."""
