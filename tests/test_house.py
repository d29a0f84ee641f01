"""The house holds: the root is the package, and the standard library's `platform` survives beside ours."""

from __future__ import annotations

import ast
import platform
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from faults_in_routes import FAULTS

ROOT = Path(__file__).parent.parent
PROBE = "import platform, pandas, nicegui, banshi.rules; print(platform.system(), banshi.rules.__file__)"


def run(*args: str, cwd: Path = ROOT) -> str:
    done = subprocess.run([sys.executable, *args], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_standard_platform_imports_under_pytest() -> None:
    assert platform.system()
    assert not (ROOT / "platform" / "__init__.py").exists()


def test_the_standard_platform_imports_from_the_root() -> None:
    assert platform.system() in run("-c", PROBE)


def test_run_py_starts_far_enough_to_show_its_help() -> None:
    assert "--port" in run("run.py", "--help")


def test_a_wheel_carries_the_whole_package(tmp_path: Path) -> None:
    built = tmp_path / "wheel"
    run("-m", "build", "--wheel", "--no-isolation", "--outdir", str(built), str(ROOT))
    wheel = next(built.glob("*.whl"))
    site = tmp_path / "site"
    run("-m", "pip", "install", "-q", "--no-deps", "--target", str(site), str(wheel), cwd=tmp_path)
    printed = run("-c", f"import sys; sys.path.insert(0, {str(site)!r}); {PROBE}", cwd=tmp_path)
    assert str(site) in printed
    shipped = {
        path.relative_to(ROOT)
        for top in ("rules", "platform", "storage", "ui", "definitions")
        for path in (ROOT / top).rglob("*")
        if path.suffix in {".lark", ".js", ".css", ".svg", ".html", ".xlsx"} and not path.name.startswith("~$")
    }
    assert {path.name for path in shipped} >= {"sign_in.html", "form.js", "grammar.lark", "organisation.xlsx"}
    assert {path for path in shipped if not (site / "banshi" / path).exists()} == set()


def test_every_code_folder_is_packaged() -> None:
    listed = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"])
    found = {
        ".".join(("banshi", *path.parent.relative_to(ROOT).parts))
        for top in ("rules", "platform", "storage", "ui")
        for path in (ROOT / top).rglob("*.py")
    }
    assert found <= listed
    assert all((ROOT / Path(*name.split(".")[1:])).is_dir() for name in listed)


def test_the_faults_to_plant_fit_the_engine() -> None:
    """The long run plants them (`make soak`); a text that stands nowhere any more would be no fault."""
    for fault in FAULTS:
        text = (ROOT / "platform/routes" / f"{fault.file}.py").read_text(encoding="utf-8")
        assert (fault.what, text.count(fault.old)) == (fault.what, 1)


@pytest.mark.parametrize("top", ["rules", "storage", "ui"])
def test_every_folder_says_what_it_is_for(top: str) -> None:
    for folder in {path.parent for path in (ROOT / top).rglob("*.py")}:
        assert (folder / "__init__.py").read_text().startswith('"""'), folder


def test_no_fault_takes_the_place_of_another() -> None:
    """A catalogue that names two faults alike keeps the last one only, and says it everywhere."""
    files = [file for folder in ("rules", "platform") for file in (ROOT / folder).rglob("faults.py")]
    for file in files:
        body = ast.parse(file.read_text(encoding="utf-8")).body
        names = [target.id for line in body if isinstance(line, ast.Assign) for target in line.targets]
        assert len(names) == len(set(names)), (file, [name for name in names if names.count(name) > 1])
    assert len(files) > 8
