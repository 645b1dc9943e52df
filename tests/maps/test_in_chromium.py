"""What Chromium makes of the map, with the network cut off."""

from dataclasses import replace

import pytest

from casework.proposals import Left, Unpaired
from geo.areas import Gazetteer
from geo.place import Place
from maps.coverage import By, MapOptions, coverage_map
from tests.dossiers import ON, UNIT, caregiver, child, dossier, held, home, pair, unit_dossier

pytestmark = pytest.mark.browser

GAZETTEER = Gazetteer.on(ON)
EVIL = (
    "<img src=x onerror=\"document.title='x'\">",
    "${document.title='x'}",
    "`;document.title='x';`",
    "\\u003cscript\\u003edocument.title='x'\\u003c/script\\u003e",
    "</script><script>document.title='x'</script>",
    "'\"><svg onload=document.title='x'>",
    "{{ 7*7 }}{% raw %}",
)


@pytest.fixture
def opened(page, tmp_path):
    """Open a map offline; give the page, its requests and what it complained of."""
    asked, complaints = [], []
    page.context.set_offline(True)
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def open_map(papers, unit=UNIT, **options):
        path = tmp_path / "map.html"
        path.write_text(coverage_map(papers, GAZETTEER, unit, MapOptions(**options)), "utf-8")
        page.goto(path.as_uri())
        page.wait_for_selector(".leaflet-container")
        return page

    yield open_map
    assert [url for url in asked if not url.startswith("file:")] == []
    assert complaints == []


def test_it_draws_every_area_that_has_a_point_and_the_outline(opened):
    papers = unit_dossier()
    page = opened(papers)
    with_point = [t for t in GAZETTEER.townships(UNIT) if t.place]
    assert page.locator("path.nt-shape").count() == len(with_point) == 23
    assert page.locator("path.nt-outline").count() == 1
    assert page.locator("#rest tbody tr").count() == len(GAZETTEER.townships(UNIT)) + 1
    assert (
        page.get_by_role("heading", level=1).inner_text() == "武隆区困境儿童结对分布图（按镇街）"
    )


def test_a_zone_is_drawn_without_an_outline(opened):
    page = opened(dossier(), unit="500192")
    assert page.locator("path.nt-outline").count() == 0
    assert page.locator("path.nt-shape").count() > 0


def test_a_unit_with_no_point_at_all_still_opens(opened):
    page = opened(dossier(), unit="某县")
    assert page.locator("path.nt-shape").count() == 0


def test_switching_the_theme_switches_the_legend(opened):
    page = opened(unit_dossier())
    assert page.locator("[data-theme=结对率]").is_visible()
    page.get_by_label("就近程度").check()
    assert page.locator("[data-theme=就近程度]").is_visible()
    assert not page.locator("[data-theme=结对率]").is_visible()
    assert page.locator(".nt-pie").count() == 5


def test_a_click_on_an_area_tells_its_numbers(opened):
    papers = dossier((child(),), left=(Unpaired("C-1", Left.ALL_FULL),))
    page = opened(papers)
    page.locator("path.nt-shape[fill='#993404']").click()
    assert "儿童 1，已结对 0，未结对 1" in page.locator(".leaflet-popup").inner_text()


def test_points_and_lines_are_drawn_when_asked(opened):
    here, there = home(place=Place(107.5, 29.4)), home(place=Place(107.6, 29.4))
    papers = dossier((child(home=here),), (caregiver(home=there),), (pair(),))
    page = opened(papers, with_points=True)
    assert page.locator("path.nt-line").count() == 1
    assert page.locator("path.nt-shape").count() == 23 + 2
    assert page.locator(".warning").is_visible()


@pytest.mark.parametrize("evil", EVIL)
def test_names_full_of_script_are_shown_and_never_run(opened, evil):
    here = home(village=evil, place=Place(107.5, 29.4))
    papers = replace(
        dossier(
            (child("C-1", name=evil, home=here, township_name=evil), child("C-2", home=here)),
            (caregiver(name=evil, home=here, township_name=evil),),
            (pair("C-2"),),
            (Unpaired("C-1", Left.ALL_FULL), Unpaired("C-9", Left.NEEDS_DATA)),
            held=(held(name=evil, township_name=evil),),
        ),
        unit_name=evil,
    )
    page = opened(papers, by=By.VILLAGE, with_points=True, with_names=True)
    for shape in page.locator("path.nt-shape").all()[:4]:
        shape.dispatch_event("click")
    title = page.title()
    assert title == f"{evil}困境儿童结对分布图（按村社区）（含位置点、含姓名）"
    assert evil in page.locator("#rest").inner_text()
    assert page.locator("img, #rest svg, #rest script").count() == 0


def test_a_narrow_screen_puts_the_table_below_the_map(opened):
    page = opened(unit_dossier())
    page.set_viewport_size({"width": 480, "height": 800})
    shown, table = page.locator(".folium-map").bounding_box(), page.locator("#rest").bounding_box()
    assert table["y"] >= shown["y"] + shown["height"] - 1


def test_no_name_covers_another_and_zooming_in_brings_it_forth(opened):
    page = opened(dossier())
    for _ in range(2):
        page.get_by_title("缩小").click()
        page.wait_for_timeout(600)
    before = page.evaluate(_SHOWN_NAMES)
    assert before["overlaps"] == 0
    assert 0 < before["shown"] < before["all"]
    for _ in range(2):
        page.get_by_title("放大").click()
        page.wait_for_timeout(600)
    after = page.evaluate(_SHOWN_NAMES)
    assert after["overlaps"] == 0
    assert after["shown"] > before["shown"]


_SHOWN_NAMES = """() => {
    const all = [...document.querySelectorAll(".nt-name")];
    const shown = all.filter(n => n.style.visibility !== "hidden");
    const boxes = shown.map(n => n.getBoundingClientRect());
    let overlaps = 0;
    boxes.forEach((a, i) => boxes.slice(i + 1).forEach(b => {
        if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom) {
            overlaps += 1;
        }
    }));
    return {all: all.length, shown: shown.length, overlaps};
}"""
