"""Under which licence each dependency is, in SPDX's words, from what it says of itself."""

from collections.abc import Mapping
from importlib.metadata import Distribution

from packaging.utils import canonicalize_name

_SPDX = {
    "Apache 2": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "BSD 2-Clause License": "BSD-2-Clause",
    "2-clause BSD": "BSD-2-Clause",
    "3-Clause BSD License": "BSD-3-Clause",
    "ISC License": "ISC",
    "MIT License": "MIT",
    "MIT-CMU": "MIT-CMU",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
"""What was said before there were expressions (PEP 639)."""

_LONGEST = 3  # words of an expression; what is longer is the licence itself

_TOLD_ELSEWHERE: Mapping[str, str] = {
    "axe-playwright-python": "MIT",  # its own; the axe-core that it carries is under MPL-2.0
    "scipy": "BSD-3-Clause",  # it gives the whole text
    "pyasn1-modules": "BSD-2-Clause",  # "BSD"
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",  # "Dual License"
    "uvloop": "MIT OR Apache-2.0",  # by its classifiers
}
"""Read in the licence file of each, where the metadata does not say it exactly."""


def licence_of(distribution: Distribution) -> str:
    """An SPDX expression.

    Args:
        distribution: As it is installed.

    Raises:
        LookupError: It says nothing that is known here: read its licence file, and add it.
    """
    said = {key: [value] if isinstance(value, str) else value for key, value in distribution.metadata.json.items()}
    name = canonicalize_name(said["name"][0])
    if expression := said.get("license_expression"):
        return str(expression[0])
    if name in _TOLD_ELSEWHERE:
        return _TOLD_ELSEWHERE[name]
    classifiers = [each.rpartition(" :: ")[2] for each in said.get("classifier", ()) if each.startswith("License")]
    words: list[str] = [*said.get("license", ()), *classifiers]
    for each in words:
        if each in _SPDX:
            return _SPDX[each]
    for each in words:
        if len(each.split()) <= _LONGEST:
            return each
    raise LookupError(f"{name} does not say its licence; read it, and add it to deploy/licences.py")
