"""The plot is one well-formed SVG with a line a curve."""

from xml.etree import ElementTree

from sspcm.simulation.plot import plot

SVG = "{http://www.w3.org/2000/svg}"


def curve(*heights: float) -> dict[str, object]:
    at = [{"actions": 10.0 * n, "oks": (height, height - 0.02, height + 0.02)} for n, height in enumerate(heights)]
    return {"curve": at}


def test_each_way_to_choose_has_a_line_and_its_name():
    told = {"full": {"0": 0.7}, "acquisitions": {"random": curve(0.4, 0.5), "a<b": curve(0.4, 0.6)}}
    picture = ElementTree.fromstring(plot(told))
    said = [one.text for one in picture.iter(f"{SVG}text")]
    assert {"random", "a<b", "everybody labelled 0.70"} <= set(said)
    assert len(list(picture.iter(f"{SVG}circle"))) == 4


def test_higher_is_higher():
    picture = ElementTree.fromstring(plot({"full": {}, "acquisitions": {"random": curve(0.4, 0.6)}}))
    low, high = picture.iter(f"{SVG}circle")
    assert float(high.get("cy")) < float(low.get("cy")) and float(high.get("cx")) > float(low.get("cx"))


def test_nothing_is_drawn_of_nothing():
    ElementTree.fromstring(plot({"full": {}, "acquisitions": {}}))
