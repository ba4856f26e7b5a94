"""What axe-core finds wrong with a page as it stands in the browser, shadow roots and all."""

from dataclasses import dataclass

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.acting import eventually

IMPACTS = ("critical", "serious", "moderate", "minor")
"""How much a fault hinders people, the worst first."""


STILL = (
    "() => [document, ...[...document.querySelectorAll('*')].flatMap(({ shadowRoot }) => shadowRoot ?? [])]"
    ".every((root) => !root.getAnimations()"
    ".some((one) => one instanceof CSSTransition && one.playState === 'running'))"
)


@dataclass(frozen=True)
class Finding:
    """One element that breaks one of axe's rules, and what axe says about it."""

    rule: str
    impact: str
    where: str
    what: str


def findings(page: Page) -> list[Finding]:
    """Every element that breaks a rule, once nothing is fading any more.

    Playwright's evaluate is not bound by the page's content security policy.
    """
    eventually(page, STILL)
    violations = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        Finding(rule["id"], rule["impact"], str(node["target"]), " ".join(node["failureSummary"].split()))
        for rule in violations
        for node in rule["nodes"]
    ]


def grave(found: list[Finding]) -> list[Finding]:
    """Those that keep somebody from working: serious and critical ones."""
    return [one for one in found if one.impact in IMPACTS[:2]]
