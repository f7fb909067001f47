"""The page itself: template, style, scripts and data put into one HTML file that no name in the data can break."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from importlib.resources import files
from string import Template
from typing import Any

STYLES = ("explorer.css",)
LIBRARIES = ("vendor/cytoscape.min.js", "vendor/dagre.min.js")
SCRIPTS = ("world.js", "drawing.js", "details.js", "explorer.js")
"""Our own, in the order in which each uses what those before it define."""

LICENCES = {
    "cytoscape.js": "vendor/LICENSE-cytoscape.txt",
    "heap, a part of cytoscape.js": "vendor/LICENSE-heap.txt",
    "lodash, parts of which are in cytoscape.js": "vendor/LICENSE-lodash.txt",
    "dagre": "vendor/LICENSE-dagre.txt",
    "graphlib, a part of dagre": "vendor/LICENSE-graphlib.txt",
}

_MARKUP = {ord(mark): f"\\u{ord(mark):04x}" for mark in "<>&\u2028\u2029"}
_SOURCE_MAP = re.compile("^//# sourceMappingURL=.*$", re.MULTILINE)
_ENDS_SCRIPT = re.compile("</script|<!--", re.IGNORECASE)


def page(contents: dict[str, Any]) -> str:
    """Return the page that shows some contents, as `contents.contents` makes them.

    It is one file. Its policy (CSP) allows the scripts and the style in it, by their hashes, and forbids all else:
    other scripts, and every request. Its data stands in it as JSON in which nothing is markup.
    """
    style = "\n".join(map(_read, STYLES))
    libraries = "\n".join(map(_read, LIBRARIES))
    own = '(() => {\n"use strict";\n' + "\n".join(map(_read, SCRIPTS)) + "\n})();\n"
    for script in (libraries, own):
        assert not _ENDS_SCRIPT.search(script), "a script holds what would end it"
    policy = (
        f"default-src 'none'; script-src {_hash(libraries)} {_hash(own)}; style-src {_hash(style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    return Template(_read("template.html")).substitute(
        policy=policy,
        style=style,
        libraries=libraries,
        own=own,
        data=as_data(contents),
        licences=as_data({name: _read(file) for name, file in LICENCES.items()}),
    )


def as_data(value: Any) -> str:
    """Return a value as JSON that can stand in an HTML page: no character of it begins markup or ends a line."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).translate(_MARKUP)
    # Half of a pair of surrogates, which some texts hold, cannot be written to a file.
    return re.sub("[\ud800-\udfff]", lambda half: f"\\u{ord(half[0]):04x}", written)


def _read(name: str) -> str:
    """The text of a file beside this module, without what would have a debugger ask for another file."""
    return _SOURCE_MAP.sub("", files(__package__).joinpath(name).read_text(encoding="utf-8"))


def _hash(script: str) -> str:
    """The source expression by which a policy allows a script or style, which stands in its element just so."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
