"""The container's files, as far as they can be checked without a container engine."""

import importlib
import re
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from running import REPOSITORY

from index.opensearch.engine import Address

[VERSION] = re.findall("<opensearch>(.+)</opensearch>", (REPOSITORY / "tests/cluster/pom.xml").read_text("utf-8"))
DOCKERFILE = (REPOSITORY / "Dockerfile").read_text("utf-8")
COPIED = [name for names in re.findall(r"^COPY (.+) \./\S*$", DOCKERFILE, re.MULTILINE) for name in names.split()]


def test_what_is_copied_exists_and_reaches_the_engine() -> None:
    reach = {line[1:] for line in (REPOSITORY / ".dockerignore").read_text("utf-8").splitlines() if line[:1] == "!"}
    assert set(COPIED) == reach
    assert [name for name in COPIED if not (REPOSITORY / name).exists()] == []


def ours() -> dict[str, ModuleType]:
    """The modules of the program that are imported."""
    rooms = ("app", "corpus", "index", "qa")
    return {name: module for name, module in sys.modules.items() if name.partition(".")[0] in rooms}


def test_what_is_copied_is_all_that_the_program_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Imported anew from the copy, in this process: it has Gradio already, which takes seconds."""
    for name in COPIED:
        copy = shutil.copytree if (REPOSITORY / name).is_dir() else shutil.copy
        copy(REPOSITORY / name, tmp_path / name)
    monkeypatch.syspath_prepend(tmp_path)
    before = ours()
    try:
        for name in before:
            del sys.modules[name]
        for name in ("app", "index.__main__", "qa.__main__", "qa.mcp"):
            importlib.import_module(name)
        copied = ours()
    finally:
        for name in ours():
            del sys.modules[name]
        sys.modules.update(before)

    assert len(copied) > 100
    assert [name for name, module in copied.items() if not Path(module.__file__).is_relative_to(tmp_path)] == []


def test_versions_agree() -> None:
    [torch] = re.findall(r"torch==\S+", DOCKERFILE)
    assert torch in (REPOSITORY / "constraints.txt").read_text("utf-8").split()


def test_compose_mounts_what_the_image_reads() -> None:
    service = yaml.safe_load((REPOSITORY / "compose.yaml").read_text("utf-8"))["services"]["dateline"]
    settings = dict(re.findall(r"\b([A-Z_]+)=(\S+)", DOCKERFILE))
    mounted = [volume.removesuffix(":ro").rpartition(":")[2] for volume in service["volumes"]]
    assert mounted == [settings["DATELINE_CORPUS"], settings["DATELINE_INDEX"]]
    assert service["ports"] == [f"127.0.0.1:7860:{settings['GRADIO_SERVER_PORT']}"]


def test_the_container_has_no_privileges_and_bounded_means() -> None:
    service = yaml.safe_load((REPOSITORY / "compose.yaml").read_text("utf-8"))["services"]["dateline"]
    assert (service["cap_drop"], service["read_only"]) == (["ALL"], True)
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert {"mem_limit", "pids_limit"} <= set(service)
    assert all("size=" in folder for folder in service["tmpfs"])


def test_the_cluster_of_compose_is_the_one_that_pages_and_builder_use() -> None:
    cluster = yaml.safe_load((REPOSITORY / "compose.cluster.yaml").read_text("utf-8"))
    services = cluster["services"]
    nodes = [name for name in services if name.startswith("node")]
    for name in ("builder", "page1", "page2"):
        address = Address.parse(services[name]["environment"]["DATELINE_STORE"])
        assert address.hosts == tuple(f"{node}:9200" for node in nodes)
        assert {"read_only", "cap_drop", "mem_limit"} <= set(services[name])
    assert services["builder"]["healthcheck"] == {"disable": True}  # the image's asks for a page, which it has not
    assert {VERSION} == {services[node]["image"].rpartition(":")[2] for node in nodes}
    for node in nodes:
        assert services[node]["environment"]["cluster.initial_cluster_manager_nodes"] == ",".join(nodes)
        assert (services[node].get("ports"), services[node]["networks"]) == (None, ["store"])
    assert cluster["networks"]["store"] == {"internal": True}
    assert "opensearch" in re.findall(r'--editable "\.\[(\S+)\]"', DOCKERFILE)[0].split(",")
