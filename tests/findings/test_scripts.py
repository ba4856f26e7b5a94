"""Every finding stands alone, says what it is about, and is in both tables."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FINDINGS = ROOT / "findings"
SCRIPTS = sorted(path for path in FINDINGS.glob("*.sh") if path.stem not in ("lib", "run"))


def test_there_are_findings() -> None:
    assert len(SCRIPTS) >= 20


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_finding_stops_at_errors_pins_its_packages_and_says_whom_it_hurts(script: Path) -> None:
    text = script.read_text()
    assert script.stat().st_mode & 0o111
    assert "set -euo pipefail" in text
    for word in ("# Surprise: ", "# Hurts: ", "# Here: "):
        assert word in text
    needs = re.findall(r"^\s*need (.+)$", text, re.MULTILINE)
    assert needs and all("==" in package for line in needs for package in line.split())
    assert "expect(" in text
    assert not re.search(r"\b(?:import|from) (?:app|db|sspcm)\b", text)


@pytest.mark.parametrize("script", [*SCRIPTS, FINDINGS / "run.sh", FINDINGS / "lib.sh"], ids=lambda path: path.stem)
def test_a_finding_is_bash(script: Path) -> None:
    assert subprocess.run(["bash", "-n", script], capture_output=True, check=False).returncode == 0


def test_the_tables_name_every_finding_and_no_other() -> None:
    listed = set(re.findall(r"\]\(([\w-]+)\.sh\)", (FINDINGS / "README.md").read_text()))
    told = set(re.findall(r"\]\(\.\./findings/([\w-]+)\.sh\)", (ROOT / "docs" / "formats.md").read_text()))
    assert listed == told == {script.stem for script in SCRIPTS}
