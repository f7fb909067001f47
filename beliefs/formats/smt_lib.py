"""SMT-LIB 2 as a format: what is read, and what is written."""

from beliefs.formats.smt_reading import read
from beliefs.formats.smt_writing import write

__all__ = ["read", "write"]
