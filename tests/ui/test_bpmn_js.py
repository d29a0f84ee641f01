"""The BPMN files open in bpmn-js, the reader that Camunda Modeler and bpmn.io use, without a warning.

1. The routes of the shipped workbooks, in Chinese and English. 2. Forty random routes.
bpmn-js is an npm package that the Makefile puts beside the Python packages.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from playwright.sync_api import Browser
from random_routes import routes

from banshi.platform.routes.bpmn import to_bpmn
from banshi.platform.routes.diagram import diagram
from banshi.platform.routes.model import Route
from banshi.platform.sheets import load

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
BPMN_JS = Path(sys.prefix) / "node_modules/bpmn-js/dist/bpmn-viewer.production.min.js"
SHIPPED = ("dormitory-electricity", "laboratory-purchasing", "large-instruments")
OPEN = """async (xml) => {
  window.viewer?.destroy();
  window.viewer = new BpmnJS({ container: "#box" });
  const warnings = (await viewer.importXML(xml)).warnings.map(String);
  const drawn = viewer.get("elementRegistry").filter((e) => e.type !== "label" && e.parent).map((e) => e.id);
  return { warnings, drawn };
}"""
Reader = Callable[[bytes], dict[str, Any]]


@pytest.fixture(scope="module")
def reader(browser: Browser) -> Iterator[Reader]:
    page = browser.new_page(viewport={"width": 1400, "height": 700})
    page.set_content('<!doctype html><div id="box" style="width:1400px;height:700px"></div>')
    page.add_script_tag(path=BPMN_JS)
    yield lambda xml: page.evaluate(OPEN, xml.decode())
    page.close()


def check(route: Route, language: str, reader: Reader) -> None:
    read = reader(to_bpmn(route, "审批流程", language))
    picture = diagram(route, language)
    assert read["warnings"] == []
    wanted = [*(shape.id for shape in picture.shapes), *(line.id for line in picture.lines)]
    assert sorted(read["drawn"]) == sorted(wanted)


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_1_shipped_routes_open(name: str, language: str, reader: Reader) -> None:
    service, _ = load(ROOT / "definitions" / name / f"{name}.xlsx")
    assert service is not None
    assert service.routing is not None
    check(service.routing, language, reader)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(routes())
def test_2_random_routes_open(reader: Reader, route: Route) -> None:
    check(route, "zh", reader)


def test_a_broken_file_is_found(reader: Reader) -> None:
    """The check is one that can fail."""
    service, _ = load(ROOT / "definitions" / SHIPPED[0] / f"{SHIPPED[0]}.xlsx")
    xml = to_bpmn(service.routing, "审批流程").replace(b'targetRef="end"', b'targetRef="nowhere"')
    assert reader(xml)["warnings"]
