"""Beliefs in and out: every format in which a base can be written down, or facts and formulas taken in.

`read` gives what a file says, each belief with its place, `take_in` has an agent take it in, and `write` gives a base
as text. What each format can hold is said in docs/formats.md.
"""

from beliefs.formats.contents import Contents, Options, Rejected, Source, Written
from beliefs.formats.intake import Admission, Intake, admit, take_in
from beliefs.formats.registry import FORMATS, Format, read, write

__all__ = [
    "FORMATS",
    "Admission",
    "Contents",
    "Format",
    "Intake",
    "Options",
    "Rejected",
    "Source",
    "Written",
    "admit",
    "read",
    "take_in",
    "write",
]
