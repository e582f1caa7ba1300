"""Kernels that fork from one process with torch and matplotlib loaded, instead of starting cold.

Most of a notebook's run is spent on imports. `fork_kernels()` makes every kernel that this
process starts a fork of a server that has done them. Loading this module as a pytest plugin
(`pytest -p tools.kernels --nbval chapters`) does the same for nbval. Where forking is not
safe (macOS, Windows) kernels start as usual.
"""

import multiprocessing
import os
import signal
import sys
from importlib.metadata import EntryPoint

from jupyter_client import LocalProvisioner
from jupyter_client.provisioning import KernelProvisionerFactory

PRELOAD = ["torch", "numpy", "matplotlib.figure", "matplotlib.backends.backend_svg", "seaborn"]
PRELOAD += ["ipykernel.kernelapp", "ipykernel.ipkernel", "debugpy.server.api", "sqlite3", "psutil"]
PRELOAD += ["tools.kernels", "nbclient", "pytest"]  # what a fork imports of the process that asked


def _run_kernel(arguments: list[str], folder: str | None, environment: dict[str, str]) -> None:
    """The forked process: become an IPython kernel."""
    os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    os.environ["JPY_PARENT_PID"] = str(os.getppid())  # the server: the kernel ends when it does
    if folder:
        os.chdir(folder)
    sys.argv = ["ipykernel_launcher.py", *arguments]
    sys.path[0] = ""
    with open(os.devnull, "w") as sink:
        os.dup2(sink.fileno(), 1)
        os.dup2(sink.fileno(), 2)
        from ipykernel.kernelapp import launch_new_instance

        launch_new_instance(argv=arguments)


class _Process:
    """A forked process with the few methods of Popen that a provisioner calls."""

    stdin = stdout = stderr = None

    def __init__(self, process: multiprocessing.Process) -> None:
        self._process = process
        self.pid = process.pid

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int | None:
        self._process.join(timeout)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


class ForkingProvisioner(LocalProvisioner):
    """Start a Python kernel by forking; everything else as LocalProvisioner does it."""

    async def launch_kernel(self, cmd: list[str], **kwargs):
        """Fork the kernel that `cmd` would have started."""
        arguments = cmd[cmd.index("ipykernel_launcher") + 1 :]
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(PRELOAD)
        environment = dict(kwargs.get("env") or os.environ)
        process = context.Process(
            target=_run_kernel, args=(arguments, kwargs.get("cwd"), environment), daemon=True
        )
        process.start()
        self.process = _Process(process)
        self.pid = process.pid
        self.pgid = process.pid
        return self.connection_info


def fork_kernels() -> None:
    """Make the kernels of this process forks of a warm one, where forking is safe."""
    if sys.platform != "linux":
        return
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")  # debugpy warns when preloaded
    name = "forking-provisioner"
    entry = EntryPoint(name, f"{__name__}:ForkingProvisioner", KernelProvisionerFactory.GROUP_NAME)
    factory = KernelProvisionerFactory.instance()
    factory.provisioners[name] = entry
    factory.default_provisioner_name = name


def pytest_configure() -> None:
    """As a pytest plugin: before nbval starts its first kernel."""
    fork_kernels()
