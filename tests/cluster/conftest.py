"""A cluster for the tests of this folder: three true nodes of OpenSearch, for all of them together."""

import itertools
import os
import sys
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from nodes import REQUIRED, Cluster, missing

sys.path.append(str(Path(__file__).parents[1]))  # for the helpers beside the flat tests

NODES = int(os.environ.get("DATELINE_CLUSTER_NODES", "3"))
_NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def cluster(shared: ExitStack) -> Cluster:
    if reason := missing():
        if REQUIRED:
            pytest.fail(f"{reason}, and DATELINE_REQUIRE_CLUSTER is set")
        pytest.skip(reason)
    started = shared.enter_context(closing(Cluster(NODES, brief=True)))
    started.start()
    return started


@pytest.fixture(scope="session")
def new_store(cluster: Cluster) -> Callable[[], str]:
    """Addresses of archives that nobody else uses."""
    return lambda: cluster.address(f"test-{next(_NUMBERS)}") + "?shards=2"


@pytest.fixture
def store(new_store: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of an archive that is not there yet, which the settings name."""
    address = new_store()
    monkeypatch.setenv("DATELINE_STORE", address)
    return address
