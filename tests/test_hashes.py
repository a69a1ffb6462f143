"""What `make` installs: all that the product asks for, in the versions of constraints.txt, each file by its hash."""

import re
import tomllib

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from running import REPOSITORY


def pinned(path: str) -> dict[str, str]:
    """The versions in a file of requirements, by name."""
    lines = re.findall(r"^([\w.-]+)==([\w.+]+)", (REPOSITORY / path).read_text("utf-8"), re.MULTILINE)
    return {canonicalize_name(name): version for name, version in lines}


CONSTRAINTS = pinned("constraints.txt")
HASHED = pinned("hashes/product.txt") | pinned("hashes/torch.txt")


def test_all_that_the_product_asks_for_is_there() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    asked = [Requirement(line) for line in project["dependencies"]]
    assert len(asked) > 20
    assert [str(one) for one in asked if HASHED.get(canonicalize_name(one.name), "0") not in one.specifier] == []


def test_versions_are_those_of_the_constraints() -> None:
    """`make lock` brings them together."""
    common = HASHED.keys() & CONSTRAINTS.keys()
    assert len(common) > 100
    assert {name: HASHED[name] for name in common} == {name: CONSTRAINTS[name] for name in common}


def test_every_version_has_hashes() -> None:
    for path in ("hashes/product.txt", "hashes/torch.txt"):
        text = (REPOSITORY / path).read_text("utf-8")
        pins = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]
        assert len(pins) == len(pinned(path))
        assert [pin for pin in pins if "--hash=sha256:" not in pin] == []
