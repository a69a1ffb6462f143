"""The tests of qa that ask an archive, of one on a true cluster; first, since nodes that were killed are slow again."""

import os
import re
from pathlib import Path

from nodes import Cluster
from running import REPOSITORY, Command

FILES = sorted(
    file.relative_to(REPOSITORY).as_posix()
    for file in (REPOSITORY / "tests").glob("test_qa_*.py")
    if "import MemoryArchive" in file.read_text("utf-8")
)


def test_over_a_cluster(cluster: Cluster, command: Command) -> None:
    """All files in one process, which takes as long to start as most of them to run."""
    folders = os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "tests"), str(Path(__file__).parent)])
    settings = {"CLUSTER_OF_TESTS": f"{cluster.address('NAME')}?shards=1", "PYTHONPATH": folders}
    options = ("-m", "pytest", "-q", "-p", "over_cluster", "-p", "no:cacheprovider")
    ended = command(*options, *(str(REPOSITORY / file) for file in FILES), **settings)

    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-2000:]
    [passed] = re.findall(r"(\d+) passed", ended.stdout)
    assert int(passed) > 350
