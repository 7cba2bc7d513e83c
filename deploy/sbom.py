"""Prints the bill of materials: CycloneDX 1.6, of everything that is locked, and of what needs what.

``python -m deploy.sbom > fermata.cdx.json``, where the whole lock is installed. The same lock gives the same bytes.
"""

import hashlib
import json
import re
import sys
import tomllib
from collections.abc import Mapping
from importlib.metadata import Distribution
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from deploy.closure import ROOT, closure, declared
from deploy.licences import licence_of

_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_ENTRY = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+).*(?:\n[ \t]+--hash=.*)+", re.MULTILINE)


def bill_of_materials() -> dict[str, Any]:
    """The document. What production needs is ``required``; what only tests and the embedded stack do, ``optional``."""
    lock = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed, everything = closure(declared()), closure(declared("stack", "dev"))
    root = f"pkg:pypi/{project['name']}@{project['version']}"
    hashes: dict[tuple[str, str], list[str]] = {
        (canonicalize_name(each["name"]), each["version"]): _HASH.findall(each[0]) for each in _ENTRY.finditer(lock)
    }
    direct = [canonicalize_name(Requirement(each).name) for each in declared("stack", "dev")]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, hashlib.sha256(lock.encode()).hexdigest())}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": project["name"],
                "version": project["version"],
                "purl": root,
                "licenses": [{"expression": project["license"]}],
            }
        },
        "components": [_component(name, each, name in needed, hashes) for name, each in sorted(everything.items())],
        "dependencies": [
            {
                "ref": root,
                "dependsOn": sorted({_purl(name, everything[name]) for name in direct if name in everything}),
            },
            *(
                {"ref": _purl(name, each), "dependsOn": _needs(each, everything)}
                for name, each in sorted(everything.items())
            ),
        ],
    }


def _component(
    name: str, distribution: Distribution, required: bool, hashes: Mapping[tuple[str, str], list[str]]
) -> dict[str, Any]:
    """One package. Of its hashes each is of one of its files, of which pip takes the one that fits the machine."""
    purl = _purl(name, distribution)
    return {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": distribution.version,
        "scope": "required" if required else "optional",
        "hashes": [{"alg": "SHA-256", "content": each} for each in sorted(hashes[name, distribution.version])],
        "licenses": [{"expression": licence_of(distribution)}],
        "purl": purl,
    }


def _needs(distribution: Distribution, everything: Mapping[str, Distribution]) -> list[str]:
    found = set()
    for text in distribution.requires or ():
        requirement = Requirement(text)
        name = canonicalize_name(requirement.name)
        if name in everything and (requirement.marker is None or requirement.marker.evaluate({"extra": ""})):
            found.add(_purl(name, everything[name]))
    return sorted(found)


def _purl(name: str, distribution: Distribution) -> str:
    return f"pkg:pypi/{name}@{distribution.version}"


if __name__ == "__main__":
    sys.stdout.write(json.dumps(bill_of_materials(), indent=2) + "\n")
