"""What was fitted of the bundled model: its differences, without what is there already."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from corpus import UserError

if TYPE_CHECKING:
    from torch import Tensor


def read_differences(file: Path, sum_: str) -> dict[str, "Tensor"]:
    """The weights of a file whose SHA-256 is `sum_`, as `differences` made them; UserError for any other file."""
    from safetensors.torch import load

    content = file.read_bytes() if file.exists() else b""
    if hashlib.sha256(content).hexdigest() != sum_:
        message = f"Dateline's own weights, “{file.name}”, are missing or damaged; install Dateline again."
        raise UserError(message)
    return load(content)


def with_differences(bundled: Mapping[str, "Tensor"], fitted: Mapping[str, "Tensor"]) -> dict[str, "Tensor"]:
    """The bundled model's weights with what was fitted, in fp32.

    A matrix that was fitted comes as two thin ones, `NAME/left` and `NAME/right`, whose product is added to the bundled
    one; anything else that was fitted takes the place of what the bundled model has, or has not.
    """
    weights = {name: each.float() for name, each in bundled.items() if each.is_floating_point()}
    for name, each in fitted.items():
        matrix, _, part = name.partition("/")
        if part == "left":
            weights[matrix] = weights[matrix] + each.float() @ fitted[f"{matrix}/right"].float()
        elif not part:
            weights[name] = each.float()
    return weights
