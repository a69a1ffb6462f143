"""A true OpenSearch cluster on this machine, put together from Maven artifacts: for tests and benchmarks only."""

import atexit
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

# Read at once: tests see no settings from outside.
REQUIRED = bool(os.environ.get("DATELINE_REQUIRE_CLUSTER"))
POM = Path(__file__).with_name("pom.xml")
VERSION = re.search(r"<opensearch>(.+?)</opensearch>", POM.read_text("utf-8"))[1]  # type: ignore[index]
# A module of OpenSearch: its artifact, its class, and the module that it extends.
_MODULES = {
    "transport-netty4": ("transport-netty4-client", "org.opensearch.transport.Netty4Plugin", ""),
    "lang-painless": ("lang-painless", "org.opensearch.painless.PainlessPlugin", ""),
    "analysis-common": ("analysis-common", "org.opensearch.analysis.common.CommonAnalysisPlugin", "lang-painless"),
    "reindex": ("reindex-client", "org.opensearch.index.reindex.ReindexPlugin", ""),
}
_RIGHTS = {
    "transport-netty4": """grant codeBase "${codebase.netty-common}" {
  permission java.io.FilePermission "/proc/sys/net/core/somaxconn", "read";
  permission java.net.SocketPermission "*", "accept,connect";
  permission java.util.PropertyPermission "*", "read,write";
};
grant codeBase "${codebase.netty-transport}" { permission java.net.SocketPermission "*", "accept,connect"; };
""",
    "lang-painless": """grant {
  permission java.lang.RuntimePermission "createClassLoader";
  permission java.lang.RuntimePermission "getClassLoader";
  permission java.lang.RuntimePermission "accessDeclaredMembers";
};
""",
    "reindex": 'grant { permission java.net.SocketPermission "*", "connect"; };\n',
}
_LOGGING = """appender.c.type = Console
appender.c.name = c
appender.c.layout.type = PatternLayout
appender.c.layout.pattern = [%d][%p][%c{1.}] %m%n
rootLogger.level = warn
rootLogger.appenderRef.c.ref = c
"""
_OPTIONS = (
    "-XX:+UseSerialGC", "-Djava.security.manager=allow", "-Djna.nosys=true",
    "-Dlog4j2.disable.jmx=true", "-Dio.netty.noUnsafe=true", "-Dio.netty.allocator.numDirectArenas=0",
    "-Dopensearch.distribution.type=tar", "-Dopensearch.bundled_jdk=false",
)  # fmt: skip
_SECONDS_TO_START = 300


def missing() -> str:
    """What keeps a cluster from running here; empty where nothing does."""
    lacking = [name for name in ("java", "mvn", "timeout") if not shutil.which(name)]
    if lacking:
        return f"a cluster needs {' and '.join(lacking)}"
    try:
        _put_together()
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return "Maven cannot fetch OpenSearch"
    return ""


class Cluster:
    """Some nodes on free ports of 127.0.0.1, in a folder of their own; ended with this process at the latest.

    `heap` is a Java size for each node; `lives` are the seconds after which the nodes end by themselves. With `brief`
    they are ready sooner, and slower then.
    """

    def __init__(self, nodes: int = 3, heap: str = "512m", lives: int = 1800, *, brief: bool = False) -> None:
        self._home = _put_together()
        self._folder = Path(tempfile.mkdtemp(prefix="dateline-cluster-"))
        self._options = [f"-Xms{heap}", f"-Xmx{heap}", *(["-XX:TieredStopAtLevel=1"] if brief else []), *_OPTIONS]
        self._lives = lives
        ports = _free_ports(2 * nodes)
        self.ports, self._transports = ports[:nodes], ports[nodes:]
        self.processes: dict[int, subprocess.Popen[bytes]] = {}
        for node in range(nodes):
            self._configure(node)
        if os.geteuid() == 0:  # It refuses to run as root.
            subprocess.run(["chown", "-R", "nobody", self._folder], check=True)
            self._folder.chmod(0o755)
        atexit.register(self.close)

    def address(self, name: str) -> str:
        """What DATELINE_STORE is set to for an archive of that name."""
        return f"opensearch://{','.join(f'127.0.0.1:{port}' for port in self.ports)}/{name}"

    def start(self) -> None:
        """Start all nodes that do not run, and wait until they know each other."""
        for node in range(len(self.ports)):
            if node not in self.processes:
                self._start(node)
        self.wait(len(self.ports))

    def kill(self, node: int) -> None:
        """End a node as a failing machine would."""
        process = self.processes.pop(node)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def wait(self, nodes: int, status: str = "yellow") -> None:
        """Until so many nodes are together; RuntimeError after five minutes, with what the nodes wrote."""
        end = time.monotonic() + _SECONDS_TO_START
        while time.monotonic() < end:
            for node in self.processes:
                query = f"wait_for_nodes={nodes}&wait_for_status={status}&timeout=2s"
                with contextlib.suppress(OSError, ValueError):
                    found = self.get(node, f"_cluster/health?{query}")
                    if found["number_of_nodes"] == nodes and not found["timed_out"]:
                        return
            time.sleep(0.3)
        outs = [self._folder / str(node) / "out" for node in self.processes]
        wrote = "\n".join(out.read_text("utf-8")[-2000:] for out in outs)
        message = f"{nodes} nodes did not come together: {wrote}"
        raise RuntimeError(message)

    def get(self, node: int, path: str) -> dict[str, Any]:
        """The answer of a node."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.ports[node]}/{path}", timeout=10) as answer:
            found: dict[str, Any] = json.load(answer)
            return found

    def memory(self) -> int:
        """The bytes of memory that all nodes take."""
        return sum(_resident(process.pid) for process in self.processes.values())

    def close(self) -> None:
        """End all nodes, and delete what they wrote."""
        for node in list(self.processes):
            self.kill(node)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _configure(self, node: int) -> None:
        folder = self._folder / str(node)
        for name in ("config", "data", "logs", "tmp"):
            (folder / name).mkdir(parents=True)
        seeds = ", ".join(f'"127.0.0.1:{port}"' for port in self._transports)
        names = ", ".join(f"node{number}" for number in range(len(self.ports)))
        (folder / "config/opensearch.yml").write_text(
            f"cluster.name: dateline\nnode.name: node{node}\npath: {{data: {folder}/data, logs: {folder}/logs}}\n"
            f"network.host: 127.0.0.1\nhttp.port: {self.ports[node]}\ntransport.port: {self._transports[node]}\n"
            f"discovery.seed_hosts: [{seeds}]\ncluster.initial_cluster_manager_nodes: [{names}]\n"
            "cluster.routing.allocation.disk.threshold_enabled: false\n"
            "cluster.routing.allocation.node_initial_primaries_recoveries: 20\n"
            "node.processors: 2\n"
        )
        (folder / "config/log4j2.properties").write_text(_LOGGING)

    def _start(self, node: int) -> None:
        folder = self._folder / str(node)
        as_nobody = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []
        command = [
            *("timeout", "-s", "KILL", str(self._lives), *as_nobody),
            *("java", *self._options, f"-Djava.io.tmpdir={folder}/tmp"),
            *(f"-Dopensearch.path.home={self._home}", f"-Dopensearch.path.conf={folder}/config"),
            *("-cp", f"{self._home}/lib/*", "org.opensearch.bootstrap.OpenSearch"),
        ]
        with (folder / "out").open("wb") as out:
            self.processes[node] = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=folder, start_new_session=True
            )


def _put_together() -> Path:
    """The folder of OpenSearch, made once for each version; Maven keeps what it downloads."""
    home = Path(tempfile.gettempdir()) / f"dateline-opensearch-{VERSION}-{os.geteuid()}"
    if home.is_dir():
        return home
    making = Path(tempfile.mkdtemp(prefix="dateline-opensearch-"))
    making.chmod(0o755)
    (making / "bin").mkdir()  # Looked for, and empty.
    _copy("lib", making / "lib")
    held = {jar.name for jar in (making / "lib").iterdir()}
    for name, (artifact, main, extends) in _MODULES.items():
        folder = making / "modules" / name
        _copy(artifact, folder)
        for jar in list(folder.iterdir()):
            if jar.name in held:  # A jar may not stand in a module as well.
                jar.unlink()
        (folder / "plugin-descriptor.properties").write_text(
            f"description={name}\nversion={VERSION}\nname={name}\nclassname={main}\njava.version=11\n"
            f"opensearch.version={VERSION}\nextended.plugins={extends}\nhas.native.controller=false\n"
        )
        if name in _RIGHTS:
            (folder / "plugin-security.policy").write_text(_RIGHTS[name])
    _copy("opensearch-knn", making)
    [zipped] = making.glob("*.zip")
    shutil.unpack_archive(zipped, making / "plugins/opensearch-knn")
    zipped.unlink()
    making.rename(home)
    return home


def _copy(profile: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    goal = "dependency:copy-dependencies"  # of the version that the pom names
    options = [f"-DoutputDirectory={folder}", "-DincludeScope=runtime"]
    subprocess.run(["mvn", "-q", "-B", "-f", str(POM), "-P", profile, goal, *options], check=True, timeout=300)


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as files:
        sockets = [files.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def _resident(pid: int) -> int:
    """The bytes of memory of a process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") + sum(_resident(int(child)) for child in children)
