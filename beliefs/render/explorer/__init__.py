"""The page to explore a base in: one HTML file that needs no other, and asks nothing of any network."""

from beliefs.render.explorer.contents import Moment, Past, contents
from beliefs.render.explorer.page import page

__all__ = ["Moment", "Past", "contents", "page"]
