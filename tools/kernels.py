"""Kernels that fork from one warm process, instead of each starting cold.

Most of a notebook's run is spent on imports. One server process per run has done them; every
kernel of that run, in whichever worker, is a fork of it. `fork_kernels()` makes it so for the
calling process; loading this module as a pytest plugin (`pytest -p tools.kernels --nbval
chapters`) does the same for nbval and its workers. Where forking is not safe (macOS, Windows)
kernels start as usual.

    provisioner  -- request, on a connection of its own -->  server  -- fork -->  kernel
                 <-- pid, and later the exit status -------

Nothing outlives its cause: the server ends with the process that started it, a kernel ends
with the server or when its provisioner's connection closes, and what a cell has started ends
with its kernel, or with the server where it left the kernel's group.

The kernels that nbval starts share one run among the languages of a chapter (tools/one_run.py)
and are ready without its waits for messages that cannot come.
"""

import asyncio
import contextlib
import gc
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from importlib import import_module
from importlib.metadata import EntryPoint
from pathlib import Path
from queue import Empty

# jsonschema would build grammars for addresses, which no notebook has, at every start.
sys.modules.setdefault("rfc3987_syntax", None)

from jupyter_client import BlockingKernelClient, LocalProvisioner  # noqa: E402
from jupyter_client.provisioning import KernelProvisionerFactory  # noqa: E402
from nbval.kernel import NbvalKernelspecManager  # noqa: E402

from tools.processes import adopt_orphans, end_with_parent  # noqa: E402

# What cells and kernels import; nothing of the book, so that each kernel reads its own files,
# and not matplotlib_inline, which joins the kernel that imports it first.
PRELOAD = ["torch", "numpy", "matplotlib.figure", "matplotlib.backends.backend_svg", "seaborn"]
PRELOAD += ["IPython.core.completer", "sqlite3", "psutil"]
PRELOAD += ["ipykernel.kernelapp", "tools.one_run", "debugpy.server.api"]
NAME = "KERNEL_SERVER"  # the environment variable by which workers find the server


def _address() -> str:
    return "\0" + os.environ[NAME]  # an abstract socket: no file to leave behind


# The server


def serve(listener: socket.socket) -> None:
    """Fork a kernel for each connection, until standard input ends: our starter holds it."""
    for name in PRELOAD:
        import_module(name)
    gc.freeze()
    adopt_orphans()
    with tempfile.TemporaryDirectory() as records:
        _serve(listener, records)


def _serve(listener: socket.socket, records: str) -> None:
    wake, on_child = socket.socketpair()
    on_child.setblocking(False)
    signal.set_wakeup_fd(on_child.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    clients: dict[int, socket.socket] = {}  # by the kernel's pid
    selector = selectors.DefaultSelector()
    for source in (listener, wake, sys.stdin):
        selector.register(source, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            if key.fileobj is sys.stdin:
                for pid in clients:
                    _kill(pid)
                _end_all()
                return
            if key.fileobj is wake:
                wake.recv(1024)
                _tell_ends(clients, selector)
            elif key.fileobj is listener:
                client = listener.accept()[0]
                with client.makefile() as lines:
                    request = json.loads(lines.readline() or "{}")
                if not request:  # gone before it asked
                    client.close()
                    continue
                pid = os.fork()
                if pid == 0:
                    for one in (selector, listener, wake, on_child, client, *clients.values()):
                        one.close()
                    _become_kernel(**request, records=records)
                clients[pid] = client
                selector.register(client, selectors.EVENT_READ, pid)
                with contextlib.suppress(OSError):
                    client.sendall(f"{pid}\n".encode())
            else:  # a client that hung up
                selector.unregister(key.fileobj)
                _kill(key.data)


def _tell_ends(clients: dict[int, socket.socket], selector: selectors.BaseSelector) -> None:
    """Tell the clients whose kernels have ended how they ended."""
    with contextlib.suppress(ChildProcessError):  # there are none left
        while ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            _kill(ended.si_pid)  # what it has started, while the number is still its own
            pid, status = os.waitpid(ended.si_pid, 0)
            client = clients.pop(pid, None)
            if client is None:  # an orphan
                continue
            with contextlib.suppress(KeyError):
                selector.unregister(client)
            with contextlib.suppress(OSError):
                client.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
            client.close()


def _end_all() -> None:
    """Kill every kernel and all that cells have started: the orphans among them are ours."""
    with contextlib.suppress(OSError):  # a system that does not list children; or there are none
        while pids := Path(f"/proc/self/task/{os.getpid()}/children").read_text("ascii").split():
            for pid in map(int, pids):
                _kill(pid)
                os.waitpid(pid, 0)


def _kill(pid: int) -> None:
    """Kill a kernel and what it has started; it may not have its own group yet."""
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError):
            kill(pid, signal.SIGKILL)


def _become_kernel(
    arguments: list[str], folder: str | None, environment: dict, one_run: bool, records: str
) -> None:
    """Be an IPython kernel from now on, and never return."""
    from tools.one_run import OneRunKernel

    status = 1
    try:
        end_with_parent()
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.environ.clear()
        os.environ.update(environment)
        os.environ["JPY_PARENT_PID"] = str(os.getppid())
        if folder:
            os.chdir(folder)
        with open(os.devnull, "r+") as nothing:
            for descriptor in (0, 1, 2):
                os.dup2(nothing.fileno(), descriptor)
        _be_as_new()
        arguments = [*arguments, "--HistoryManager.enabled=False"]  # one database for all: locked
        if one_run:
            OneRunKernel.records = Path(records)
            arguments.append("--IPKernelApp.kernel_class=tools.one_run.OneRunKernel")
        sys.argv = ["ipykernel_launcher.py", *arguments]
        from ipykernel.kernelapp import launch_new_instance

        launch_new_instance(argv=arguments)
        status = 0
    finally:
        os._exit(status)


def _be_as_new() -> None:
    """Have what a process of its own would have, and one thread.

    That is: its import path, unseeded generators, and the backend that MPLBACKEND names or else
    Jupyter's, which matplotlib reads when it is imported.
    """
    import matplotlib
    import numpy
    import torch

    inline = "module://matplotlib_inline.backend_inline"
    matplotlib.rcParams["backend"] = os.environ.get("MPLBACKEND") or inline

    wanted = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    rest = [place for place in sys.path if place not in _SERVERS_OWN]
    sys.path[:] = [*filter(None, wanted), *rest]
    torch.seed()
    numpy.random.seed()
    torch.set_num_threads(1)  # kernels run side by side; tools/processors.py tries other numbers


# What stands on the server's import path and not on that of a process of its own.
_SERVERS_OWN = {"", *os.environ.get("PYTHONPATH", "").split(os.pathsep)}


# Its clients


class _Process:
    """A kernel of the server, with the few methods of Popen that a provisioner calls."""

    stdin = stdout = stderr = None

    def __init__(self, request: dict) -> None:
        self._server = socket.socket(socket.AF_UNIX)
        self._server.connect(_address())
        self._server.sendall(json.dumps(request).encode() + b"\n")
        said = self._server.recv(64)
        if not said:
            raise RuntimeError("the kernel server ended; see its message above")
        first, _, rest = said.decode().partition("\n")
        self.pid = int(first)
        self.returncode = int(rest) if rest else None
        self._server.setblocking(False)

    def poll(self) -> int | None:
        if self.returncode is None:
            try:
                said = self._server.recv(64)
            except BlockingIOError:
                return None
            self.returncode = int(said or -signal.SIGKILL)
            self._server.close()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int | None:
        end = time.monotonic() + (timeout or 60)
        while self.poll() is None and time.monotonic() < end:
            time.sleep(0.005)
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


class ForkingProvisioner(LocalProvisioner):
    """Start a Python kernel by asking the server; everything else as LocalProvisioner does it."""

    async def launch_kernel(self, cmd: list[str], **kwargs):
        """Fork the kernel that `cmd` would have started."""
        nbvals = isinstance(self.parent.kernel_spec_manager, NbvalKernelspecManager)
        if nbvals:
            self.parent.client_factory = PromptClient
        self.process = _Process(
            {
                "arguments": cmd[cmd.index("ipykernel_launcher") + 1 :],
                "folder": kwargs.get("cwd"),
                "environment": dict(kwargs.get("env") or os.environ),
                "one_run": nbvals,
            }
        )
        self.pid = self.pgid = self.process.pid
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel, and see its end, which comes in a moment."""
        self.process.kill()
        self.process.wait(1)

    async def wait(self) -> int | None:
        """Wait for the end as LocalProvisioner does, without its steps of a tenth of a second."""
        while self.process and self.process.poll() is None:
            await asyncio.sleep(0.005)
        code = self.process.returncode if self.process else 0
        self.process = None
        return code


class PromptClient(BlockingKernelClient):
    """A client of a kernel that is new: it need not wait for the messages of others to pass."""

    def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers, and what it publishes arrives."""
        end = time.monotonic() + (timeout or 60)
        while time.monotonic() < end:
            asked = self.kernel_info()
            with contextlib.suppress(Empty):
                self.get_shell_msg(timeout=1)
                while self.get_iopub_msg(timeout=0.1)["parent_header"].get("msg_id") != asked:
                    pass
                return
            if not self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
        raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")

    def get_shell_msg(self, timeout: float | None = None) -> dict:
        """Wait for a reply, but not for one of a kernel that has died; raise Empty without one."""
        end = time.monotonic() + (timeout or 60)
        while True:
            alive = self.is_alive()
            with contextlib.suppress(Empty):
                return super().get_shell_msg(timeout=1)
            if not alive:
                print("The kernel died while it ran this cell: run it by itself to see why.")
            if not alive or time.monotonic() > end:
                raise Empty


def _start_server() -> None:
    """Start the server; it ends when this process does, however that comes."""
    os.environ[NAME] = f"kernels-{uuid.uuid4()}"
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(_address())
    listener.listen(64)
    ours, theirs = socket.socketpair()  # no child of ours inherits our end
    descriptor = listener.fileno()
    code = f"import socket, tools.kernels as k; k.serve(socket.socket(fileno={descriptor}))"
    root = str(Path(__file__).resolve().parent.parent)
    subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=theirs,
        cwd=root,
        pass_fds=[descriptor],
        start_new_session=True,  # Ctrl-C is for us
    )
    _HELD.append(ours)
    listener.close()
    theirs.close()


_HELD: list[socket.socket] = []  # the server ends when these close


def fork_kernels() -> None:
    """Make the kernels of this process, and of those it starts, forks of a warm one, on Linux."""
    if sys.platform != "linux":
        return
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")  # debugpy warns when preloaded
    if NAME not in os.environ:
        _start_server()
    name = "forking-provisioner"
    entry = EntryPoint(name, f"{__name__}:ForkingProvisioner", KernelProvisionerFactory.GROUP_NAME)
    factory = KernelProvisionerFactory.instance()
    factory.provisioners[name] = entry
    factory.default_provisioner_name = name


def pytest_configure(config) -> None:
    """As a pytest plugin: before nbval starts its first kernel.

    Files keep their order, so that the other languages of a chapter come when it has been run.
    """
    config.option.loadscopereorder = False  # of pytest-xdist
    fork_kernels()
