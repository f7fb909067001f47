"""The grammar of the language, `beliefs.lark`, as package data."""
