"""Widgets in JupyterLab itself."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat

from helpers import explore
from helpers.examples import inputs, tokens


def test_jupyterlab_trusted_and_untrusted(browser, tmp_path):
    explorer = explore(tokens, inputs, controls=("causal",))
    output = nbformat.v4.new_output(
        "execute_result", data=explorer._repr_mimebundle_(), execution_count=1
    )
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for name in ("trusted", "untrusted"):
        # Trust goes by content: the two must not be the same.
        code = nbformat.v4.new_code_cell(name, outputs=[output], execution_count=1)
        book = nbformat.v4.new_notebook(cells=[code], metadata={"kernelspec": kernel})
        nbformat.write(book, tmp_path / f"{name}.ipynb")
    environment = {name: x for name, x in os.environ.items() if not name.startswith("JUPYTER")}
    for place in ("CONFIG", "DATA", "RUNTIME"):
        environment[f"JUPYTER_{place}_DIR"] = str(tmp_path / place)
    jupyter = [sys.executable, "-m", "jupyter"]
    subprocess.run(
        [*jupyter, "trust", "trusted.ipynb"],
        cwd=tmp_path,
        env=environment,
        check=True,
        capture_output=True,
        timeout=300,
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", "--IdentityProvider.token="]
    options += [f"--port={port}", "--LabApp.news_url=", f"--ServerApp.root_dir={tmp_path}"]
    with open(tmp_path / "log", "w") as log:
        server = subprocess.Popen(
            [*jupyter, "lab", *options], cwd=tmp_path, env=environment, stdout=log, stderr=log
        )
    address = f"http://127.0.0.1:{port}/lab"
    context = browser.new_context()
    try:
        wait_for(f"http://127.0.0.1:{port}/api", server, tmp_path / "log")
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.goto(f"{address}/tree/trusted.ipynb")
        page.locator(".jp-OutputArea td").nth(7).click()
        assert "4.4593 / 18.7453 = 0.2379" in page.locator(".trace").inner_text()
        page.keyboard.press("ArrowRight")
        assert "= 0.2333" in page.locator(".trace").inner_text()
        page.get_by_role("checkbox", name="Causal mask").check()
        assert page.locator(".jp-OutputArea td").nth(1).inner_text() == "0.0000"

        page.goto(f"{address}/workspaces/other/tree/untrusted.ipynb")
        page.locator(".jp-OutputArea caption").wait_for()
        assert page.locator(".jp-OutputArea td").nth(7).inner_text() == "0.2379"
        assert page.locator(".jp-OutputArea th").nth(1).get_attribute("scope") == "col"
        assert "Attention weights" in page.locator(".jp-OutputArea caption").inner_text()
        assert page.locator(".how, .controls").count() == 0
    finally:
        context.close()
        server.terminate()
        try:
            server.wait(60)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def wait_for(address: str, server: subprocess.Popen, log: Path) -> None:
    for _ in range(600):
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"JupyterLab does not answer: {log.read_text()}")
