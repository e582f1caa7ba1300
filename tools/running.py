"""Run a notebook from top to bottom, in bounded time and space; whatever goes wrong is named."""

from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

CELL_SECONDS = 300
CELL_BYTES = 5_000_000  # the book's largest output has a tenth of that


class RunError(ValueError):
    """A notebook did not run as it should; the message says which cell, and what to do."""


class _Client(NotebookClient):
    """Knows which cell is at work, and ends the kernel of one that prints without end."""

    at = too_much = ""
    said = 0

    def process_message(self, msg, cell, cell_index):
        content = msg["content"]
        shown = [content.get("text", ""), *content.get("data", {}).values()]
        self.said += sum(len(str(one)) for one in shown)
        if self.said > CELL_BYTES:
            self.too_much = cell["id"]
            cell["outputs"] = []
            self.km.provisioner.process.kill()
            return None
        return super().process_message(msg, cell, cell_index)

    def starts(self, cell, cell_index):
        self.at, self.said = cell["id"], 0


def run(notebook: dict, path: Path, seconds: float = CELL_SECONDS) -> dict:
    """Return the notebook with the outputs of a run from top to bottom, in the folder of `path`.

    Raises:
        RunError: a cell raised, wrote to stderr, took longer than `seconds`, printed more than
            CELL_BYTES, or its kernel died.
    """
    node = nbformat.from_dict({**notebook, "nbformat": 4, "nbformat_minor": 5})
    client = _Client(
        node,
        timeout=seconds,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.on_cell_start = client.starts
    name = f"{path.parent.name}/{path.name}"
    try:
        client.execute()
    except CellExecutionError as error:
        raise RunError(f"{name}#{client.at}: {error.ename}: {error.evalue}; mend it") from None
    except CellTimeoutError:
        raise RunError(
            f"{name}#{client.at} was still running after {seconds:g} s; make it end sooner"
        ) from None
    except RuntimeError as error:
        if not client.too_much:
            dead = "its kernel died; run the cell by itself to see why"
            what = dead if isinstance(error, DeadKernelError) else str(error)
            raise RunError(f"{name}#{client.at}: {what}") from None
    if client.too_much:
        raise RunError(
            f"{name}#{client.too_much} printed more than {CELL_BYTES // 1_000_000} MB; print less"
        )
    for cell in node.cells:
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                raise RunError(
                    f"{name}#{cell['id']} wrote to stderr: {output['text'].strip()[:500]}; "
                    "a reader should see no warning: mend its cause"
                )
    return node
